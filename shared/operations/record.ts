import * as z from 'zod'
import { OPERATION_STATES, OPERATION_TYPES } from '../contract/operation.ts'

/** One step of an operation as its tenant sees it; a step that runs several times keeps its first start and its last end. */
const OperationStep = z.object({
  name: z.string(),
  state: z.enum(['running', 'succeeded', 'failed']),
  started_at: z.string(),
  finished_at: z.string().optional(),
  /** When it succeeded for the first time, whatever became of it later: progress does not fall. */
  reached_at: z.string().optional(),
  detail: z.string().optional(),
})

/** `OP#<id>`: long work that the tenant asked for. */
export const OperationRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  type: z.enum(OPERATION_TYPES),
  cluster_id: z.string(),
  state: z.enum(OPERATION_STATES),
  /** By step name. */
  steps: z.record(z.string(), OperationStep),
  waiting_for: z.object({ reason: z.string(), message: z.string(), since: z.string() }).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Of a canceled one: the operation that takes back what it made. */
  superseded_by: z.string().optional(),
  /** Past it the operation fails with a sentence that names what was waited for. */
  deadline_at: z.string(),
  created_at: z.string(),
  finished_at: z.string().optional(),
  /** Seconds since the epoch: DynamoDB's TTL, of one that has ended. */
  expires: z.int().optional(),
})
export type OperationRecord = z.infer<typeof OperationRecord>
