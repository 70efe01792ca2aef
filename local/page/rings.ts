import * as z from 'zod'

/** What of the table's items may be shown, and nothing else: what is not named here is not read. */
const Step = z.object({ name: z.string(), state: z.string(), started_at: z.string(), finished_at: z.string().optional() })
export const ClusterItem = z.object({
  id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  spec: z.looseObject({ engine: z.string(), version: z.string().optional(), size: z.string(), durability: z.string() }),
  state: z.string(),
  conditions: z.array(z.object({ type: z.string(), status: z.boolean(), reason: z.string(), message: z.string(), since: z.string() })),
  failure: z.object({ message: z.string() }).optional(),
  operation_id: z.string().optional(),
  lease_holder: z.string().optional(),
  /** Where its passwords are; that is not shown, nor are they. */
  resources: z.object({ credentials_parameter: z.string().optional() }),
  created_at: z.string(),
})
export type ClusterItem = z.infer<typeof ClusterItem>
export const NodeItem = z.object({
  cluster_id: z.string(),
  ordinal: z.int(),
  shard: z.int(),
  role: z.string(),
  az: z.string(),
  attempt: z.int(),
  task_arn: z.string().optional(),
  address: z.string().optional(),
  ports: z.object({ client: z.int() }),
})
export type NodeItem = z.infer<typeof NodeItem>
export const OperationItem = z.object({
  id: z.string(),
  type: z.string(),
  cluster_id: z.string(),
  state: z.string(),
  steps: z.record(z.string(), Step),
  waiting_for: z.object({ message: z.string(), since: z.string() }).optional(),
  error: z.object({ message: z.string() }).optional(),
  created_at: z.string(),
  finished_at: z.string().optional(),
})
export type OperationItem = z.infer<typeof OperationItem>
export const DeliveryItem = z.object({
  id: z.string(),
  webhook_id: z.string(),
  event: z.object({ type: z.string(), cluster_id: z.string().optional() }),
  state: z.string(),
  attempts_made: z.int(),
  attempts: z.array(
    z.object({ at: z.string(), outcome: z.string(), status: z.int().optional(), error: z.string().optional(), duration_ms: z.int() }),
  ),
  next_attempt_at: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type DeliveryItem = z.infer<typeof DeliveryItem>

const KINDS = { 'CLUSTER#': ClusterItem, 'NODE#': NodeItem, 'OP#': OperationItem, 'DLV#': DeliveryItem }
export const PREFIXES = Object.keys(KINDS)
export const ATTRIBUTES = [...new Set(['sk', ...Object.values(KINDS).flatMap(({ shape }) => Object.keys(shape))])]

export interface Items {
  clusters: ClusterItem[]
  nodes: NodeItem[]
  operations: OperationItem[]
  deliveries: DeliveryItem[]
}

/** Sorts items by kind. One that is not as expected is left out: the page is no place to fail for it. */
export function sorted(items: Record<string, unknown>[]): Items {
  const of = <S extends z.ZodType>(prefix: string, schema: S): z.output<S>[] =>
    items.flatMap((item) => {
      const parsed = String(item.sk).startsWith(prefix) ? z.safeParse(schema, item) : undefined
      return parsed?.success ? [parsed.data] : []
    })
  return {
    clusters: of('CLUSTER#', ClusterItem).filter(({ state }) => state !== 'deleted'),
    nodes: of('NODE#', NodeItem),
    operations: of('OP#', OperationItem),
    deliveries: of('DLV#', DeliveryItem),
  }
}
