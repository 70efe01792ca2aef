import { spawn } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import * as z from 'zod'
import { adapt, type Stripped, type Template } from './adapt.ts'
import { clientConfig, rawAws } from './aws.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk')

export interface Target {
  /** Of the emulator. */
  url: string
  account: string
  region: string
}

export interface Deployed {
  stack: string
  stripped: Stripped[]
  resources: DeployedResource[]
  template: Template
  seconds: number
}

/** The CDK's own command line, with nothing in its environment that leads to a real account. */
function cdk(args: string[], { url, region }: Target, cwd: string): Promise<void> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(cwd, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'none'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  }
  const child = spawn(process.execPath, [CDK, ...args, '--no-notices', '--no-version-reporting', '--ci'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`cdk ${args[0]} ended with ${code}:\n${Buffer.concat(said).toString('utf8').slice(-4000)}`))
    })
  })
}

const Resource = z.object({ LogicalResourceId: z.string(), PhysicalResourceId: z.string(), ResourceType: z.string(), ResourceStatus: z.string() })
export type DeployedResource = z.infer<typeof Resource>
const Resources = z
  .object({
    DescribeStackResourcesResponse: z.object({ DescribeStackResourcesResult: z.object({ StackResources: z.object({ member: z.array(Resource) }) }) }),
  })
  .transform((answer) => answer.DescribeStackResourcesResponse.DescribeStackResourcesResult.StackResources.member)

const Manifest = z.object({ artifacts: z.record(z.string(), z.object({ type: z.string(), properties: z.looseObject({ templateFile: z.string().optional() }).optional() })) })
const ReadTemplate = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() })).optional(),
})

/** The one stack of a cloud assembly. */
export async function readStack(outDir: string): Promise<{ name: string; file: string; template: Template }> {
  const { artifacts } = Manifest.parse(JSON.parse(await readFile(join(outDir, 'manifest.json'), 'utf8')))
  const [stack, ...others] = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const file = stack?.[1].properties?.templateFile
  if (!stack || !file || others.length > 0) throw new Error(`${outDir} does not hold exactly one stack`)
  return { name: stack[0], file, template: ReadTemplate.parse(JSON.parse(await readFile(join(outDir, file), 'utf8'))) }
}

/** An image for the hosts that nobody starts. */
async function putPublicParameters(template: Template, { url, region }: Target): Promise<void> {
  const client = new SSMClient(clientConfig(url, region))
  for (const { Default } of Object.values(template.Parameters ?? {})) {
    if (typeof Default === 'string' && Default.startsWith('/witness/'))
      await client.send(new PutParameterCommand({ Name: Default, Type: 'String', Value: 'ami-0123456789abcdef0' }))
  }
  client.destroy()
}

/**
 * `cdk bootstrap` and `cdk deploy` of what `cdk synth` wrote, as a platform team runs them.
 * @param scratch a directory that the adapted assembly may be written to
 */
export async function deploy(outDir: string, scratch: string, target: Target): Promise<Deployed> {
  const started = Date.now()
  const assembly = join(scratch, 'assembly')
  await cp(outDir, assembly, { recursive: true })
  const { name, file, template } = await readStack(outDir)
  const adapted = adapt(template)
  await writeFile(join(assembly, file), JSON.stringify(adapted.template))
  await putPublicParameters(adapted.template, target)
  await cdk(['bootstrap', `aws://${target.account}/${target.region}`], target, scratch)
  await cdk(['deploy', '--app', assembly, '--require-approval', 'never', name], target, scratch)
  const answer = await rawAws(target.url, target.region).query('cloudformation', '2010-05-15', 'DescribeStackResources', { StackName: name })
  return {
    stack: name,
    stripped: adapted.stripped,
    resources: Resources.parse(answer),
    template: adapted.template,
    seconds: (Date.now() - started) / 1000,
  }
}
