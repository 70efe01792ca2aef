import * as z from 'zod'
import { Id, Time } from './ids.ts'

/** Long work that was accepted, step by step. Further types, states and steps may come. */
export const Operation = z.object({
  id: Id('operation'),
  type: z.enum(['create', 'delete']),
  cluster_id: Id('cluster'),
  state: z.enum(['running', 'succeeded', 'failed', 'canceled']),
  steps: z
    .array(
      z.object({
        name: z.string(),
        state: z.enum(['running', 'succeeded', 'failed']),
        started_at: Time,
        finished_at: Time.optional(),
        detail: z.string().optional(),
      }),
    )
    .meta({ description: 'In the order they began' }),
  waiting_for: z.object({ reason: z.string(), message: z.string(), since: Time }).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  deadline_at: Time.meta({ description: 'Past it the operation fails' }),
  created_at: Time,
  finished_at: Time.optional(),
})
export type Operation = z.infer<typeof Operation>
