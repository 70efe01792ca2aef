import { join } from 'node:path'
import type { AwsService } from '../aws/service.ts'
import type { Timers } from '../timers.ts'
import { createExecutions } from './executions.ts'
import { type ExecutionRecord, openJournal } from './journal.ts'
import type { Invoke } from './lambda-call.ts'
import { loadMachine } from './load.ts'
import { statesService } from './service.ts'

export interface WorkflowsOptions {
  /** `definition`: what the template holds, as JSON text or parsed. */
  machines: readonly { name: string; arn: string; definition: unknown }[]
  invoke: Invoke
  timers: Timers
  /** Where `workflows.jsonl` is kept; without it executions die with the process. */
  dataDir?: string | undefined
  /** 0 <= n < 1, for the jitter of retries. */
  random?: () => number
}

export interface Workflows {
  service: AwsService
  /** Goes on with the executions that ran when the process died. Call it once the functions can be invoked. */
  resume(): void
  /** Puts every execution down where it is; answers of functions that come later are dropped, and their Tasks done again on resume. */
  stop(): Promise<void>
  executions(): ExecutionRecord[]
  /** The states that an execution is in now: its own, and those of its iterations. */
  statesOf(arn: string): string[]
  /** State transitions of all executions known, as Step Functions bills them. */
  transitions(): number
}

/**
 * Step Functions Standard on one machine: exactly the Amazon States Language that is listed in machine.ts, choice.ts and paths.ts.
 * @throws Error naming what of a definition is not in the local model
 */
export function createWorkflows({ machines, invoke, timers, dataDir, random = Math.random }: WorkflowsOptions): Workflows {
  const loaded = new Map(machines.map((machine) => [machine.arn, loadMachine(machine)]))
  const journal = openJournal(dataDir === undefined ? undefined : join(dataDir, 'workflows.jsonl'))
  const executions = createExecutions({ timers, invoke, journal, random }, loaded)
  return {
    service: statesService(loaded, executions),
    resume: executions.resume,
    stop: async () => executions.halt(),
    executions: executions.list,
    statesOf: (arn) => journal.frames(arn).flatMap((frame) => (frame.kind === 'at' ? frame.state : [])),
    transitions: () => executions.list().reduce((sum, record) => sum + record.transitions, 0),
  }
}
