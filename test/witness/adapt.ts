import { isDeepStrictEqual } from 'node:util'

/** A template as `cdk synth` wrote it, as far as adapting reads it. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>
  Parameters?: Record<string, { Type: string; Default?: unknown }>
}

/** One thing that the emulator is not asked to do. */
export interface Stripped {
  what: string
  reason: string
}

/** Resource types that the emulator's CloudFormation does not know, and what a reference to one becomes. */
const TYPES: Record<string, { reason: string; ref(properties: Record<string, unknown>): unknown }> = {
  'AWS::ECS::CapacityProvider': {
    reason: 'ministack has no hosts: ours are the ECS answers. References become the name, as Ref answers it',
    ref: ({ Name }) => Name,
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': { reason: 'goes with the capacity providers', ref: () => undefined },
}

/** Parameters that AWS itself fills in. */
const PUBLIC_PARAMETER = /^\/aws\/service\//
export const publicParameterHere = (name: string): string => `/witness${name}`

type Resources = Template['Resources']

function withoutTypes(resources: Resources): { kept: Resources; refs: Map<string, unknown>; stripped: Stripped[] } {
  const kept: Resources = {}
  const refs = new Map<string, unknown>()
  const stripped = new Map<string, Stripped>()
  for (const [id, resource] of Object.entries(resources)) {
    const cannot = TYPES[resource.Type]
    if (!cannot) kept[id] = resource
    else {
      refs.set(id, cannot.ref(resource.Properties ?? {}))
      stripped.set(resource.Type, { what: resource.Type, reason: cannot.reason })
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
    entries.map(([key, each]) => [
      key,
      key === 'DependsOn' ? [each].flat().filter((id) => !refs.has(String(id))) : rewritten(each, refs),
    ]),
  )
}

/** What the emulator gets of a template, with everything that was taken from it. References stay whole. */
export function adapt(template: Template): { template: Template; stripped: Stripped[] } {
  const { kept, refs, stripped } = withoutTypes(template.Resources)
  const resources = Object.fromEntries(
    Object.entries(kept).map(([id, resource]) => {
      const copy = rewritten(resource, refs)
      return [id, isDeepStrictEqual(copy, resource) ? resource : copy]
    }),
  )
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([id, parameter]) => {
      const { Default } = parameter
      if (typeof Default !== 'string' || !PUBLIC_PARAMETER.test(Default)) return [id, parameter]
      stripped.push({ what: `parameter ${Default}`, reason: 'AWS fills it in, and nobody else may: one of the same content stands in for it' })
      return [id, { ...parameter, Default: publicParameterHere(Default) }]
    }),
  )
  return { template: { ...template, Resources: resources as Resources, Parameters: parameters }, stripped }
}
