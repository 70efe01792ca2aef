import * as z from 'zod'
import { ClusterSpec } from './cluster.ts'
import { Time } from './ids.ts'
import { Price } from './price.ts'

/** One node as it would be placed. */
export const PlacedNode = z.object({
  ordinal: z.int(),
  shard: z.int(),
  role: z.enum(['primary', 'replica']),
  az: z.string(),
  host: z.string().optional().meta({
    description: '`hst_...`, as the nodes of the tenant tell it; `new-1`, `new-2` ... where a host would be started. Absent: nowhere',
  }),
})
export type PlacedNode = z.infer<typeof PlacedNode>

/** Where a cluster would go, as the hosts stood a moment ago. Nothing is held for it. */
export const Placement = z.object({
  possible: z.boolean().meta({ description: 'Otherwise a create waits for room, up to its deadline' }),
  as_of: Time,
  nodes: z.array(PlacedNode),
  missing: z
    .array(z.object({ az: z.string(), ordinals: z.array(z.int()), detail: z.string() }))
    .meta({ description: 'What stands in the way, by availability zone; empty when it is possible' }),
})
export type Placement = z.infer<typeof Placement>

/** What a create would do, said without doing it. */
export const ClusterPreview = z.object({
  spec: ClusterSpec,
  node_count: z.int(),
  quota: z
    .array(z.object({ quota: z.string(), takes: z.int(), left: z.int(), limit: z.int() }))
    .meta({ description: 'What it would take of each quota, and what would then be left' }),
  placement: Placement,
  price: Price,
})
export type ClusterPreview = z.infer<typeof ClusterPreview>
