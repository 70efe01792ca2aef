import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'

/** One resource as it stands in a template, intrinsics unresolved. */
export const RawResource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
})
export type RawResource = z.infer<typeof RawResource>

const RawTemplate = z.object({
  Metadata: z.record(z.string(), z.unknown()).default({}),
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Resources: z.record(z.string(), RawResource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() })).default({}),
})
export type RawTemplate = z.infer<typeof RawTemplate>

/** One stack of the cloud assembly. `unknown-account` and `unknown-region` are left out: the stack may go anywhere. */
export interface RawStack {
  id: string
  name: string
  account: string | undefined
  region: string | undefined
  template: RawTemplate
  /** CloudFormation gives them to whatever of the stack can have tags. */
  tags: Record<string, string>
}

export interface Assembly {
  stacks: RawStack[]
  /** Directory of a file asset by the object key under which `cdk deploy` would upload it. */
  assetDirectory(objectKey: string): string | undefined
}

// https://github.com/aws/aws-cdk-cli/tree/main/packages/@aws-cdk/cloud-assembly-schema
const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), environment: z.string().optional(), properties: z.record(z.string(), z.unknown()).optional() }),
  ),
})
const StackProperties = z.object({
  templateFile: z.string(),
  stackName: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
})
/** The tag of stacks that says whose they are. */
const CELL = 'ringhold:cell'
const AssetProperties = z.object({ file: z.string() })
const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({ source: z.object({ path: z.string() }), destinations: z.record(z.string(), z.object({ objectKey: z.string() })) }),
    )
    .default({}),
})

const known = (value: string | undefined): string | undefined => (value === undefined || value.startsWith('unknown-') ? undefined : value)

/**
 * Reads what `cdk synth` wrote. Cells share nothing, so that one machine runs one: the first of the configuration.
 * @param outDir the cloud assembly's directory, usually `cdk.out`
 * @throws when there is no manifest, or it is not one
 */
export function readAssembly(outDir: string): Assembly {
  const read = <T>(file: string, schema: z.ZodType<T>): T => {
    const path = join(outDir, file)
    if (!existsSync(path)) throw new Error(`${path} does not exist: synthesise the CDK app first`)
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  }
  const stacks: RawStack[] = []
  const assets = new Map<string, string>()
  let cell: string | undefined
  for (const [id, artifact] of Object.entries(read('manifest.json', Manifest).artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack') {
      const { templateFile, stackName, tags } = StackProperties.parse(artifact.properties)
      cell ??= tags[CELL]
      if (tags[CELL] !== cell) continue
      const [account, region] = (artifact.environment ?? '').replace('aws://', '').split('/')
      const template = read(templateFile, RawTemplate)
      stacks.push({ id, name: stackName ?? id, account: known(account), region: known(region), template, tags })
    }
    if (artifact.type === 'cdk:asset-manifest') {
      for (const asset of Object.values(read(AssetProperties.parse(artifact.properties).file, AssetManifest).files)) {
        for (const { objectKey } of Object.values(asset.destinations)) assets.set(objectKey, resolve(outDir, asset.source.path))
      }
    }
  }
  return { stacks, assetDirectory: (objectKey) => assets.get(objectKey) }
}
