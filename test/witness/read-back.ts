import type { Target } from './cdk-cli.ts'
import type { Deployed } from './deploy.ts'
import { departuresOf } from './expected.ts'
import { looksAt } from './looks.ts'

/** Properties that the emulator takes and does not give back, by resource type. */
const NOT_KEPT: Record<string, Record<string, string>> = {
  'AWS::Lambda::Function': {
    Code: 'an upload: that it runs is shown by the run',
    VpcConfig: "ministack's CloudFormation leaves it out, and there is no network to be kept apart",
  },
  'AWS::StepFunctions::StateMachine': {
    LoggingConfiguration: "ministack's CloudFormation leaves it out",
    TracingConfiguration: "ministack's CloudFormation leaves it out",
  },
}

export interface ReadBack {
  /** How many properties came back as the template has them, by type. */
  held: Record<string, number>
  departures: string[]
  /** What was not asked, and why. */
  notKept: { what: string; reason: string }[]
}

/** Asks the emulator for what it deployed, property by property, and holds it against the template. */
export async function readBack({ template, resources }: Deployed, { url, account, region }: Target): Promise<ReadBack> {
  const looks = looksAt(url, region)
  const departs = departuresOf(resources, account, region)
  const held: Record<string, number> = {}
  const departures: string[] = []
  const notKept = new Map<string, string>()
  for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of resources) {
    const look = looks[ResourceType]
    if (!look) continue
    const answered = await look(PhysicalResourceId)
    for (const [name, wanted] of Object.entries(template.Resources[LogicalResourceId]?.Properties ?? {})) {
      const reason = NOT_KEPT[ResourceType]?.[name]
      const found = departs({ [name]: wanted }, answered)
      if (found.length === 0) held[ResourceType] = (held[ResourceType] ?? 0) + 1
      else if (reason === undefined) departures.push(...found.map((departure) => `${ResourceType} ${LogicalResourceId}: ${departure}`))
      else notKept.set(`${ResourceType} ${name}`, reason)
    }
  }
  return { held, departures, notKept: [...notKept].map(([what, reason]) => ({ what, reason })) }
}
