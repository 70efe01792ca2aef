import { effectiveInput, filled, output } from '../flow.ts'
import { callLambda } from '../lambda-call.ts'
import type { StateOf } from '../machine.ts'
import { contextOf, type Outcome, type Visit } from '../run.ts'
import { StateError, withinDataLimit } from '../state-error.ts'
import { addEvents } from '../tally.ts'
import { atMost, unlessAborted } from '../waiting.ts'
import { underRetry } from './attempts.ts'

/** One invocation; a function that outlives TimeoutSeconds goes on, and its answer is dropped, as with Step Functions. */
async function call({ run, thread, at }: Visit, state: StateOf<'Task'>, payload: unknown): Promise<object> {
  const { timers, invoke } = run.engine
  const answer = unlessAborted(callLambda(invoke, state.Parameters.FunctionName, payload), thread.signal)
  const bounded =
    state.TimeoutSeconds === undefined ? answer : atMost(timers, state.TimeoutSeconds * 1000, new StateError('States.Timeout'), answer)
  return withinDataLimit(await bounded, at.state)
}

async function attempt(visit: Visit, state: StateOf<'Task'>): Promise<unknown> {
  const { run, at } = visit
  const context = contextOf(visit)
  const input = effectiveInput(state, at.state, at.input, context)
  const payload = withinDataLimit(filled(state.Parameters.payload, at.state, input, context), at.state)
  addEvents(run.tally, 2)
  const result = await call(visit, state, payload).finally(() => addEvents(run.tally, 1))
  return output(state, at.state, at.input, result, context)
}

export function runTask(visit: Visit, state: StateOf<'Task'>): Promise<Outcome> {
  return underRetry(visit, state, (current) => attempt(current, state))
}
