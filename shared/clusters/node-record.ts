import * as z from 'zod'
import { Ports } from '../engines/engine.ts'

/**
 * `NODE#<cluster>#<ordinal>`: a member's identity, which outlives its tasks. `request` is the exact RunTask input of the
 * current attempt, written before the call: the same client token with another request is a ConflictException.
 */
export const NodeRecord = z.object({
  tenant_id: z.string(),
  cluster_id: z.string(),
  id: z.string(),
  ordinal: z.int(),
  shard: z.int(),
  /** The role it was born with. */
  role: z.enum(['primary', 'replica']),
  az: z.string(),
  /** Grows with every task that is started for this member; with the id it makes the client token. */
  attempt: z.int(),
  request: z.string(),
  /** Of this attempt. */
  ports: Ports,
  task_arn: z.string().optional(),
  host: z.string().optional(),
  address: z.string().optional(),
  engine_node_id: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type NodeRecord = z.infer<typeof NodeRecord>
