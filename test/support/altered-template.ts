import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { OUT } from './given-cell.ts'

const Properties = z.record(z.string(), z.unknown())
const Template = z.looseObject({ Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: Properties.optional() })) })
type Resources = z.infer<typeof Template>['Resources']

export interface AlteredTemplate {
  outDir: string
  remove(): void
}

/** The synthesised assembly with another template: the same bundles in a cell of another shape. */
export function alteredTemplate(alter: (resources: Resources) => void): AlteredTemplate {
  const outDir = mkdtempSync(join(tmpdir(), 'ringhold-altered-'))
  for (const name of readdirSync(OUT)) {
    if (name.startsWith('asset.')) symlinkSync(join(OUT, name), join(outDir, name))
    else cpSync(join(OUT, name), join(outDir, name))
  }
  const file = join(outDir, 'cell-1.template.json')
  const template = Template.parse(JSON.parse(readFileSync(file, 'utf8')))
  alter(template.Resources)
  writeFileSync(file, JSON.stringify(template))
  return { outDir, remove: () => rmSync(outDir, { recursive: true, force: true }) }
}

/** So many hosts in each Auto Scaling group, from the start and for ever. */
export function hostsPerGroup(resources: Resources, count: number): void {
  for (const { Type, Properties: properties } of Object.values(resources))
    if (Type === 'AWS::AutoScaling::AutoScalingGroup') Object.assign(properties ?? {}, { MinSize: String(count), MaxSize: String(count) })
}

/** The machines of the class `small`. */
export function smallHosts(resources: Resources, instanceType: string): void {
  for (const { Type, Properties: properties } of Object.values(resources))
    if (Type === 'AWS::EC2::LaunchTemplate' && String(properties?.LaunchTemplateName).endsWith('-small'))
      Object.assign(properties ?? {}, {
        LaunchTemplateData: { ...Properties.parse(properties?.LaunchTemplateData), InstanceType: instanceType },
      })
}

export function operationTimeout(resources: Resources, seconds: number): void {
  for (const { Properties: properties } of Object.values(resources)) {
    const { Environment } = z.object({ Environment: z.object({ Variables: Properties }).optional() }).parse(properties ?? {})
    if (Environment?.Variables.OPERATION_TIMEOUT_SECONDS)
      Object.assign(properties ?? {}, {
        Environment: { Variables: { ...Environment.Variables, OPERATION_TIMEOUT_SECONDS: String(seconds) } },
      })
  }
}

/** How many of each function, by the end of its name, run at once. */
export function reserved(resources: Resources, counts: Record<string, number>): void {
  for (const [name, count] of Object.entries(counts)) {
    const found = Object.values(resources).find(({ Properties: own }) => String(own?.FunctionName).endsWith(`-${name}`))
    if (!found) throw new Error(`the template has no function ${name}`)
    Object.assign(found.Properties ?? {}, { ReservedConcurrentExecutions: count })
  }
}

/** The function of that name, e.g. `cell-1-wake`, hears of nothing that is written to the table. */
export function withoutStream(resources: Resources, functionName: string): void {
  const [functionId] = Object.entries(resources).find(([, { Properties: own }]) => own?.FunctionName === functionName) ?? []
  const [mappingId] =
    Object.entries(resources).find(
      ([, { Type, Properties: own }]) =>
        Type === 'AWS::Lambda::EventSourceMapping' && JSON.stringify(own?.FunctionName) === JSON.stringify({ Ref: functionId }),
    ) ?? []
  if (!mappingId) throw new Error(`the template has no stream for ${functionName}`)
  delete resources[mappingId]
}
