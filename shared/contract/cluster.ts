import * as z from 'zod'

/** Placeholder shapes, owned by contract: see the plan. */
export const ClusterState = z.enum(['creating', 'ready', 'deleting', 'deleted', 'failed'])
export const Condition = z.object({ type: z.string(), status: z.boolean(), reason: z.string(), message: z.string(), since: z.string() })
export const ClusterSpec = z.object({
  engine: z.enum(['redis', 'valkey']),
  version: z.string(),
  shards: z.int(),
  replicas: z.int(),
  size: z.string(),
  azs: z.array(z.string()),
  durability: z.enum(['cache', 'replicated']),
})
export type ClusterSpec = z.infer<typeof ClusterSpec>
