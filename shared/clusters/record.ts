import * as z from 'zod'
import { ClusterSpec, ClusterState, Condition } from '../contract/cluster.ts'
import { NETWORKS } from '../engines/engine.ts'

/** A failure of one step as the graph's Catch left it for the planner. */
export const StepFailure = z.object({
  code: z.string(),
  message: z.string(),
  /** How often it has failed with no success in between, when for the first time and when for the last. */
  count: z.int(),
  since: z.string().optional(),
  at: z.string(),
})
export type StepFailure = z.infer<typeof StepFailure>

/** What was made on AWS for the cluster; each is written down by the step that made it. */
export const Resources = z.object({
  credentials_parameter: z.string().optional(),
  security_group_id: z.string().optional(),
  task_definition_arn: z.string().optional(),
  /** From when on it may be registered: rings queue for that. */
  definition_turn_at: z.string().optional(),
  /** The addresses last published under the cluster's name. */
  published_addresses: z.array(z.string()).optional(),
  /** Taken back: looked for by name and gone, whether or not it was ever written down above. */
  names_removed: z.boolean().optional(),
  definition_removed: z.boolean().optional(),
  network_removed: z.boolean().optional(),
  credentials_removed: z.boolean().optional(),
})
export type Resources = z.infer<typeof Resources>

/** `CLUSTER#<id>`: what is wanted, what was seen, and who is at work. */
export const ClusterRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  /** Absent: no. */
  deletion_protection: z.boolean().optional(),
  spec: ClusterSpec,
  /** How its nodes are on the network, for good. */
  network: z.enum(NETWORKS),
  /** `absent` once a delete was accepted, for good. */
  intent: z.enum(['present', 'absent']),
  /** Set when an operation gave up: the planner takes everything back and the cluster ends `failed`. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  state: ClusterState,
  conditions: z.array(Condition),
  /** Grows with every change of the desired state. */
  generation: z.int(),
  observed_generation: z.int(),
  /** Grows with every event, and numbers it. */
  version: z.int(),
  /** Grows with every reason to look again; together with the generation it names an execution. */
  wake: z.int(),
  /** Only grows: a holder with an older one is out. */
  fence: z.int(),
  /** The execution that acts for the cluster now. Leaves, not an object: stream filters know `exists` for leaves only. */
  lease_holder: z.string().optional(),
  lease_expires_at: z.string().optional(),
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  operation_id: z.string().optional(),
  resources: Resources,
  /** By step name; cleared when the step succeeds. */
  failures: z.record(z.string(), StepFailure),
  created_at: z.string(),
  updated_at: z.string(),
  /** When it first served its tenant: from then on its data may not be reset. */
  ready_at: z.string().optional(),
  /** The tenant's quota was given back: once, whatever comes later. */
  quota_released_at: z.string().optional(),
  deleted_at: z.string().optional(),
  /** Seconds since the epoch: DynamoDB's TTL, for what is deleted. */
  expires: z.int().optional(),
})
export type ClusterRecord = z.infer<typeof ClusterRecord>
