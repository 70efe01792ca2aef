import * as z from 'zod'
import { RING_STEPS } from '../engines/engine.ts'

/** Everything that can be done for a cluster; each is a state of the graph and a file of `steps/`. */
export const STEP_NAMES = [
  'CreateCredentials',
  'OpenNetwork',
  'DefineTask',
  'LaunchNodes',
  'AwaitNodes',
  ...RING_STEPS,
  'PublishNames',
  'MoveNodes',
  'StopNodes',
  'RemoveNames',
  'RemoveDefinition',
  'CloseNetwork',
  'RemoveCredentials',
] as const
export const StepName = z.enum(STEP_NAMES)
export type StepName = z.infer<typeof StepName>

/** One step of a wave: a batch of members, so that a thousand nodes are not a thousand states. */
export const Step = z.object({ name: StepName, ordinals: z.array(z.int()) })
export type Step = z.infer<typeof Step>

const subject = { tenant_id: z.string(), cluster_id: z.string() }

/** What starts an execution; its name is `<cluster>.<generation>.<wake>`. */
export const ExecutionInput = z.object({ ...subject, turn: z.int() })
export type ExecutionInput = z.infer<typeof ExecutionInput>

/** How a turn of the loop may end: `parked` gives the lease back and looks again when woken, at the latest at `due_at`. */
export const Outcome = z.enum(['ready', 'failed', 'deleted', 'parked'])
export type Outcome = z.infer<typeof Outcome>

/** What `functions/observe` is invoked with. */
export const ObserveEvent = z.discriminatedUnion('action', [
  z.object({ action: z.literal('observe'), ...subject, turn: z.int(), execution: z.string() }),
  z.object({
    action: z.literal('settle'),
    ...subject,
    turn: z.int(),
    execution: z.string(),
    fence: z.int(),
    generation: z.int(),
    wake: z.int(),
    outcome: Outcome,
    due_at: z.string().nullable(),
  }),
])
export type ObserveEvent = z.infer<typeof ObserveEvent>

/** What `functions/step` is invoked with. */
export const StepEvent = z.discriminatedUnion('action', [
  z.object({ action: z.literal('step'), ...subject, fence: z.int(), generation: z.int(), step: Step }),
  z.object({
    action: z.literal('record-failure'),
    ...subject,
    fence: z.int(),
    generation: z.int(),
    step: Step,
    failure: z.object({ Error: z.string(), Cause: z.string().optional() }),
  }),
])
export type StepEvent = z.infer<typeof StepEvent>

/** What the graph does next. No secret is ever in it: it stays in the execution's history. */
export interface Decision extends ExecutionInput {
  decision: 'act' | 'pause' | 'settle' | 'again' | 'end'
  fence: number
  generation: number
  wake: number
  steps: Step[]
  /** Of a settle. */
  outcome: Outcome
  due_at: string | null
  /** Of a pause, whole seconds. */
  seconds: number
}
