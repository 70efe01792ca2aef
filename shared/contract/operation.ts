import * as z from 'zod'
import { Id, Time } from './ids.ts'

export const OPERATION_TYPES = ['create', 'delete'] as const
export const OPERATION_STATES = ['running', 'succeeded', 'failed', 'canceled'] as const

/** What may be asked of an operation. Further actions may come. */
export const OperationAction = z.enum(['cancel'])
export type OperationAction = z.infer<typeof OperationAction>

/** Long work that was accepted, step by step. Further types, states and steps may come. */
export const Operation = z.object({
  id: Id('operation'),
  type: z.enum(OPERATION_TYPES),
  cluster_id: Id('cluster'),
  state: z.enum(OPERATION_STATES),
  progress_percent: z.int().min(0).max(100).meta({
    description: 'Of the steps there are, by how long each usually takes; it never falls, and is 100 when the operation has succeeded',
  }),
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
  waiting_for: z
    .object({ reason: z.string(), message: z.string(), since: Time })
    .optional()
    .meta({ description: 'Why it has not ended yet, and since when' }),
  available_actions: z.array(OperationAction).meta({ description: 'What is legal now: `cancel` of a create that has not ended' }),
  error: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .meta({ description: 'Why it failed, or why it was canceled: `canceled` on request, `superseded` by a delete' }),
  superseded_by: Id('operation').optional().meta({ description: 'Of a canceled operation: the one that takes back what it made' }),
  deadline_at: Time.meta({ description: 'Past it the operation fails' }),
  created_at: Time,
  finished_at: Time.optional(),
})
export type Operation = z.infer<typeof Operation>

/** Of a list: operations of this cluster, in one of these states, of one of these types. */
export interface OperationFilter {
  cluster_id?: string | undefined
  state?: Operation['state'][] | undefined
  type?: Operation['type'][] | undefined
}
