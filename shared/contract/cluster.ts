import * as z from 'zod'
import { ENGINE_NAMES, enginesOnOffer, specs } from '../engines/specs.ts'
import { type ErrorCode, refusal } from './errors.ts'
import { Id, Time } from './ids.ts'
import { DisplayName, DisplayText, LabelName, labelled } from './names.ts'
import { Operation } from './operation.ts'
import { Size } from './sizes.ts'

/** Where a cluster is in its life. Further states may come. */
export const CLUSTER_STATES = ['creating', 'ready', 'deleting', 'deleted', 'failed'] as const
export const ClusterState = z.enum(CLUSTER_STATES)
export type ClusterState = z.infer<typeof ClusterState>

/** Something that is true of a cluster now or not, and why; shown verbatim everywhere. */
export const Condition = z.object({ type: z.string(), status: z.boolean(), reason: z.string(), message: z.string(), since: z.string() })

/** What may be asked of a cluster. Further actions may come. */
export const ClusterAction = z.enum(['update', 'delete', 'connect'])
export type ClusterAction = z.infer<typeof ClusterAction>

export const Durability = z.enum(['cache', 'replicated'])

const placement = { size: Size, azs: z.array(z.string()), durability: Durability }

/** What a tenant wants of a cluster, complete. One line for each engine of the registry. */
export const ClusterSpec = z.discriminatedUnion('engine', [specs.valkey.extend(placement), specs.redis.extend(placement)])
export type ClusterSpec = z.infer<typeof ClusterSpec>

const MAX_LABELS = 32
const Labels = z
  .record(LabelName, DisplayText(255))
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, {
    error: `takes at most ${MAX_LABELS} labels`,
    params: { code: 'out_of_range' },
  })
  .meta(labelled(MAX_LABELS))

const PROTECTED = 'While it is true, no DELETE is taken; an operation that makes the cluster can still be canceled'

const Azs = z
  .array(z.string().max(64))
  .min(1)
  .max(6)
  .refine((azs) => new Set(azs).size === azs.length, { error: 'names an availability zone twice' })
  .meta({ uniqueItems: true })

const asked = {
  name: DisplayName.optional().meta({ description: 'The id by default' }),
  labels: Labels.optional(),
  size: Size,
  azs: Azs.optional().meta({ description: 'All of the cell by default' }),
  durability: Durability.optional().meta({ default: 'replicated' }),
  deletion_protection: z.boolean().optional().meta({ default: false, description: PROTECTED }),
}
const defaulted = { version: true, shards: true, replicas: true } as const

/** The body of a create: what is not said is taken from the engine's offer. */
export const ClusterCreate = z.discriminatedUnion(
  'engine',
  [specs.valkey.partial(defaulted).extend(asked).strict(), specs.redis.partial(defaulted).extend(asked).strict()],
  { error: ({ code }) => (code === 'invalid_union' ? `is not an engine on offer: ${ENGINE_NAMES.join(', ')}` : undefined) },
)
export type ClusterCreate = z.infer<typeof ClusterCreate>

/** A JSON merge patch (RFC 7396) of what can be changed without work on the nodes: null takes a member back to its default. */
export const ClusterPatch = z.strictObject({
  name: DisplayName.nullable().optional().meta({ description: 'null: the id' }),
  labels: z
    .record(LabelName, DisplayText(255).nullable())
    .refine((labels) => Object.keys(labels).length <= 2 * MAX_LABELS, {
      error: `takes at most ${2 * MAX_LABELS} labels at once`,
      params: { code: 'out_of_range' },
    })
    .nullable()
    .optional()
    .meta({ ...labelled(2 * MAX_LABELS), description: 'Labels that are not named stay; null removes one, or all of them' }),
  deletion_protection: z.boolean().nullable().optional().meta({ description: PROTECTED }),
})
export type ClusterPatch = z.infer<typeof ClusterPatch>

/** The labels after a patch. @throws out_of_range when there would be too many */
export function patchedLabels(before: Record<string, string>, patch: ClusterPatch['labels']): Record<string, string> {
  if (patch === undefined) return before
  const after =
    patch === null ? [] : Object.entries({ ...before, ...patch }).filter((label): label is [string, string] => label[1] !== null)
  if (after.length <= MAX_LABELS) return Object.fromEntries(after)
  const detail = `labels takes at most ${MAX_LABELS} labels; with these there would be ${after.length}`
  throw refusal([{ in: 'body', pointer: '/labels', code: 'out_of_range', detail }])
}

/** Fields whose values depend on what is on offer have codes of their own. */
export const CREATE_REFUSALS: Record<string, ErrorCode> = {
  '/engine': 'engine_not_on_offer',
  '/version': 'version_not_on_offer',
  '/size': 'size_not_available',
}

/** The whole spec: the request's choices, the offer's for the rest, and the cell's AZs. */
export function specOf(request: ClusterCreate, azs: string[]): ClusterSpec {
  const offer = enginesOnOffer().find((candidate) => candidate.engine === request.engine)
  return ClusterSpec.parse({
    version: offer?.default_version,
    shards: offer?.shards.default,
    replicas: offer?.replicas.default,
    durability: 'replicated',
    azs,
    ...request,
  })
}

const described = {
  id: Id('cluster'),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  ...placement,
  state: ClusterState,
  conditions: z.array(Condition),
  generation: z.int().meta({ description: 'Grows with every change of what is wanted' }),
  observed_generation: z.int().meta({ description: 'The generation that the cluster has reached' }),
  node_count: z.int(),
  deletion_protection: z.boolean().meta({ description: PROTECTED }),
  available_actions: z.array(ClusterAction).meta({ description: 'What is legal now: what is not named is refused with 409' }),
  operation_id: Id('operation').optional().meta({ description: 'The latest operation on the cluster' }),
  created_at: Time,
  updated_at: Time,
  ready_at: Time.optional(),
}

export const Cluster = z.discriminatedUnion('engine', [specs.valkey.extend(described), specs.redis.extend(described)])
export type Cluster = z.infer<typeof Cluster>

const accepted = { ...described, operation: Operation }
/** A cluster and the operation that was accepted for it. */
export const AcceptedCluster = z.discriminatedUnion('engine', [specs.valkey.extend(accepted), specs.redis.extend(accepted)])
export type AcceptedCluster = z.infer<typeof AcceptedCluster>

/** One member of a ring: who it is, and where it is now. */
export const Node = z.object({
  id: Id('node'),
  ordinal: z.int(),
  shard: z.int(),
  role: z.enum(['primary', 'replica']).meta({ description: 'The role it was born with' }),
  state: z.enum(['pending', 'starting', 'running']),
  az: z.string(),
  host: z.string().optional().meta({ description: 'Tells which nodes share a host; it names nothing else' }),
  address: z.string().optional(),
  port: z.int().optional().meta({ description: 'For clients, at the address' }),
  engine_node_id: z.string().optional(),
  created_at: Time,
  updated_at: Time,
})
export type Node = z.infer<typeof Node>

/** What a client needs to connect. */
export const Connection = z.object({
  name: z
    .string()
    .optional()
    .meta({ description: 'Resolves to all nodes, within the networks the platform lets in; rings whose nodes share hosts have none' }),
  endpoints: z.array(z.object({ host: z.string(), port: z.int() })),
  username: z.string(),
  password: z.string(),
  uris: z.array(z.object({ client: z.string(), uri: z.string() })).meta({ description: 'User and password are percent-encoded' }),
  clients: z
    .array(z.object({ client: z.string(), language: z.string(), code: z.string() }))
    .meta({ description: 'What to write to connect with each of these clients, the password included' }),
  generation: z.int().meta({ description: 'Grows whenever a node is started anew, which gives it another address or port. `name` stays' }),
  as_of: Time.meta({ description: 'Since when the endpoints have been these' }),
})
export type Connection = z.infer<typeof Connection>

const expanded = {
  ...described,
  operation: Operation.optional().meta({ description: 'With `expand=operation`: the latest operation on the cluster' }),
  nodes: z.array(Node).optional().meta({ description: 'With `expand=nodes`: all of them, by ordinal' }),
  connection: Connection.optional().meta({ description: 'With `expand=connection`, where `available_actions` has `connect`' }),
}
/** A cluster and what was asked for with it. */
export const ExpandedCluster = z.discriminatedUnion('engine', [specs.valkey.extend(expanded), specs.redis.extend(expanded)])
export type ExpandedCluster = z.infer<typeof ExpandedCluster>

export const EngineName = z.enum(ENGINE_NAMES)
