import { setImmediate as nextTick } from 'node:timers/promises'
import type { ExecutionRecord } from '../../../local/workflows/journal.ts'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { createWorkflows, type Workflows } from '../../../local/workflows/workflows.ts'
import { type HandTimers, handTimers } from './hand-timers.ts'

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:machine'

export interface Given {
  workflows: Workflows
  timers: HandTimers
  call(operation: string, input: object): Promise<Record<string, unknown>>
  start(input: unknown, name?: string): Promise<void>
  /** Turns the clock until nothing runs any more, and gives the execution of that name. */
  settled(name?: string): Promise<ExecutionRecord>
}

const nothing: Invoke = async (functionName) => {
  throw new Error(`nobody should invoke ${functionName}`)
}

async function call(workflows: Workflows, operation: string, input: object): Promise<Record<string, unknown>> {
  const answer = await workflows.service.handle({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
    json: () => input,
    caller: 'operator',
  })
  return JSON.parse(answer.body.toString())
}

/** Promises of ours that are ready to go on have gone on. */
export async function quiet(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await nextTick()
}

export function given(
  definition: unknown,
  options: { invoke?: Invoke; dataDir?: string; timers?: HandTimers; random?: () => number } = {},
): Given {
  const { invoke = nothing, dataDir, timers = handTimers(), random = () => 0.5 } = options
  const workflows = createWorkflows({ machines: [{ name: 'machine', arn: MACHINE_ARN, definition }], invoke, timers, random, dataDir })
  async function settled(name = 'one'): Promise<ExecutionRecord> {
    await quiet()
    for (let idle = 0; workflows.executions().some((execution) => execution.status === 'RUNNING'); await quiet()) {
      idle = timers.turn() ? 0 : idle + 1
      if (idle > 100) throw new Error('it runs, and nothing is due')
    }
    const found = workflows.executions().find((execution) => execution.name === name)
    if (!found) throw new Error(`there is no execution ${name}`)
    return found
  }
  return {
    workflows,
    timers,
    call: (operation, input) => call(workflows, operation, input),
    start: async (input, name = 'one') => {
      const answer = await call(workflows, 'StartExecution', { stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) })
      expect(answer).toHaveProperty('executionArn')
    },
    settled,
  }
}

/** A function that answers. */
export const answering =
  (answer: (payload: unknown, functionName: string) => unknown): Invoke =>
  async (functionName, payload) => ({ payload: answer(payload, functionName) })

/** A function's own error, as Lambda reports it. */
export const throwing = (errorType: string, errorMessage = 'on purpose') => ({
  payload: { errorType, errorMessage, trace: [] },
  functionError: 'Unhandled',
})

export const task = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'worker', 'Payload.$': '$' },
  OutputPath: '$.Payload',
  ...more,
})

export const machine = (states: Record<string, object>, more: object = {}) => ({ StartAt: Object.keys(states)[0], States: states, ...more })

/** The execution's output, or its error. */
export async function run(definition: unknown, input: unknown, options: Parameters<typeof given>[1] = {}): Promise<unknown> {
  const it = given(definition, options)
  await it.start(input)
  const { status, output, error, cause } = await it.settled()
  return status === 'SUCCEEDED' ? JSON.parse(output ?? 'null') : { status, error, ...(cause !== undefined && { cause }) }
}
