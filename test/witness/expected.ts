import type { DeployedResource } from './deploy.ts'

/** Says how an answer departs from what a template wants, by the path of each departure; `wanted` is the template's own JSON. */
export type Departures = (wanted: unknown, answered: unknown) => string[]

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
/** Queues are named by URLs, others by ARNs or `a/b`: the last part is in all that refers to them. */
const lastPart = (id: string): string => id.split(/[/:]/).at(-1) ?? id
/** Arrays of texts and tags are sets to AWS. */
const isSet = (list: unknown[]): boolean => list.every((each) => typeof each === 'string')

/** What may stand where the template refers to something: a name or ARN of the same resource, and nothing of another. */
export function departuresOf(resources: DeployedResource[], account: string, region: string): Departures {
  const ids = new Map(resources.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]))
  const pseudo: Record<string, string> = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  }
  const named = (logicalId: string): string => {
    const id = pseudo[logicalId] ?? ids.get(logicalId)
    if (id === undefined) throw new Error(`${logicalId} was not deployed`)
    return escaped(lastPart(id))
  }
  function source(value: unknown): string | undefined {
    if (typeof value === 'string') return escaped(value)
    if (!isRecord(value)) return undefined
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': sub } = value
    if (typeof ref === 'string') return `[^"]*?${named(ref)}`
    if (Array.isArray(attribute)) return `[^"]*?${named(String(attribute[0]))}[^"]*?`
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(source).join(escaped(String(join[0])))
    if (typeof sub === 'string') return escaped(sub).replaceAll(/\\\$\\\{([\w:]+)\\\}/g, (_, name: string) => named(name))
    return undefined
  }
  const isIntrinsic = (value: unknown): boolean => isRecord(value) && source(value) !== undefined
  function compare(wanted: unknown, answered: unknown, path: string): string[] {
    if (isIntrinsic(wanted))
      return new RegExp(`^${source(wanted)}$`, 's').test(String(answered))
        ? []
        : [`${path}: ${JSON.stringify(answered)} is not ${JSON.stringify(wanted)}`]
    if (Array.isArray(wanted)) {
      if (!Array.isArray(answered) || answered.length !== wanted.length)
        return [`${path}: ${JSON.stringify(answered)} in place of ${JSON.stringify(wanted)}`]
      const [left, right] = isSet(wanted) ? [wanted.toSorted(), answered.toSorted()] : [wanted, answered]
      return left.flatMap((each, i) => compare(each, right[i], `${path}.${i}`))
    }
    if (isRecord(wanted)) {
      if (!isRecord(answered)) return [`${path}: ${JSON.stringify(answered)} in place of ${JSON.stringify(wanted)}`]
      return Object.entries(wanted).flatMap(([key, each]) => compare(each, answered[key], path === '' ? key : `${path}.${key}`))
    }
    // Attributes of queues are texts.
    return String(wanted) === String(answered) ? [] : [`${path}: ${JSON.stringify(answered)} in place of ${JSON.stringify(wanted)}`]
  }
  return (wanted, answered) => compare(wanted, answered, '')
}
