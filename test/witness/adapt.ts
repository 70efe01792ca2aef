import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'

const Resources = z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }))
type Resources = z.infer<typeof Resources>

/** A template as `cdk synth` wrote it, as far as adapting reads it. */
export const Template = z.looseObject({
  Resources,
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() })).optional(),
})
export type Template = z.infer<typeof Template>

/** One thing that the emulator is not asked to do. */
export interface Stripped {
  what: string
  reason: string
}

export interface Adapted {
  template: Template
  stripped: Stripped[]
}

interface Cannot {
  /** What the list calls it. */
  what: string
  reason: string
  when(properties: Record<string, unknown>): boolean
  /** What a reference to it becomes; without one, nothing may refer to it. */
  ref?(properties: Record<string, unknown>): unknown
}

const any = (): boolean => true
const ownRules = (type: string): Cannot => ({
  what: type,
  reason: "ministack's CloudFormation has no rules apart from their groups",
  when: any,
})

/** What the emulator's CloudFormation cannot make, by resource type. */
const CANNOT: Record<string, Cannot> = {
  'AWS::ECS::CapacityProvider': {
    what: 'AWS::ECS::CapacityProvider',
    reason: 'ministack has no hosts: ours are the ECS answers. References become the name, as Ref answers it',
    when: any,
    ref: ({ Name }) => Name,
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    what: 'AWS::ECS::ClusterCapacityProviderAssociations',
    reason: 'goes with the capacity providers',
    when: any,
  },
  'AWS::EC2::SecurityGroupIngress': ownRules('AWS::EC2::SecurityGroupIngress'),
  'AWS::EC2::SecurityGroupEgress': ownRules('AWS::EC2::SecurityGroupEgress'),
  'AWS::CloudWatch::Alarm': {
    what: 'AWS::CloudWatch::Alarm on several metrics',
    reason: 'ministack has alarms on one metric only',
    when: ({ Metrics }) => Metrics !== undefined,
  },
}

/** Parameters that AWS itself fills in. */
const PUBLIC_PARAMETER = /^\/aws\/service\//
const publicParameterHere = (name: string): string => `/witness${name}`

function withoutTypes(resources: Resources): { kept: Resources; refs: Map<string, unknown>; stripped: Stripped[] } {
  const kept: Resources = {}
  const refs = new Map<string, unknown>()
  const stripped = new Map<string, Stripped>()
  for (const [id, resource] of Object.entries(resources)) {
    const cannot = CANNOT[resource.Type]
    const properties = resource.Properties ?? {}
    if (!cannot?.when(properties)) kept[id] = resource
    else {
      refs.set(id, cannot.ref?.(properties))
      stripped.set(cannot.what, { what: cannot.what, reason: cannot.reason })
    }
  }
  return { kept, refs, stripped: [...stripped.values()] }
}

/** References to what is gone, and to wait for it, replaced everywhere. @throws for one that has no replacement */
function rewritten(value: unknown, refs: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, refs))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (first?.[0] === 'Ref' && typeof first[1] === 'string' && refs.has(first[1])) {
    const replaced = refs.get(first[1])
    if (replaced === undefined) throw new Error(`${first[1]} is referred to, and was stripped`)
    return replaced
  }
  return Object.fromEntries(
    entries.map(([key, each]) => [key, key === 'DependsOn' ? [each].flat().filter((id) => !refs.has(String(id))) : rewritten(each, refs)]),
  )
}

const ABSENT = 'event source filter on a field that is absent'

/** A pattern without its leaves that want a field to be absent, and whether it had any. */
function withoutAbsent(pattern: unknown): unknown {
  if (Array.isArray(pattern)) return isDeepStrictEqual(pattern, [{ exists: false }]) ? undefined : pattern
  if (typeof pattern !== 'object' || pattern === null) return pattern
  const kept = Object.entries(pattern).flatMap(([key, each]) => {
    const rest = withoutAbsent(each)
    return rest === undefined ? [] : [[key, rest]]
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

const Filtered = z.looseObject({ FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }) })

function withoutAbsentFilters(resources: Resources, stripped: Stripped[]): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const filtered = Filtered.safeParse(resource.Properties)
      if (resource.Type !== 'AWS::Lambda::EventSourceMapping' || !filtered.success) return [id, resource]
      const Filters = filtered.data.FilterCriteria.Filters.map(({ Pattern }) => ({
        Pattern: JSON.stringify(withoutAbsent(JSON.parse(Pattern))),
      }))
      if (isDeepStrictEqual(Filters, filtered.data.FilterCriteria.Filters)) return [id, resource]
      if (!stripped.some(({ what }) => what === ABSENT))
        stripped.push({
          what: ABSENT,
          reason: 'ministack looks for the field above it first, which AWS does not; its EventBridge is asked instead',
        })
      return [id, { ...resource, Properties: { ...filtered.data, FilterCriteria: { Filters } } }]
    }),
  )
}

function withOwnParameters(template: Template, stripped: Stripped[]): Template['Parameters'] {
  return Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([id, parameter]) => {
      const { Default } = parameter
      if (typeof Default !== 'string' || !PUBLIC_PARAMETER.test(Default)) return [id, parameter]
      stripped.push({
        what: `parameter ${Default}`,
        reason: 'AWS fills it in, and nobody else may: one of the same content stands in for it',
      })
      return [id, { ...parameter, Default: publicParameterHere(Default) }]
    }),
  )
}

/** What the emulator gets of a template, with everything that was taken from it. References stay whole. */
export function adapt(template: Template): Adapted {
  const { kept, refs, stripped } = withoutTypes(template.Resources)
  const referring = Resources.parse(rewritten(kept, refs))
  const resources = withoutAbsentFilters(referring, stripped)
  return { template: { ...template, Resources: resources, Parameters: withOwnParameters(template, stripped) ?? {} }, stripped }
}
