import { withResult } from '../flow.ts'
import type { StateOf } from '../machine.ts'
import { findCatcher, nextRetry } from '../retry.ts'
import { type Outcome, save, type Visit } from '../run.ts'
import { errorOutput, StateError } from '../state-error.ts'
import { sleepUntil } from '../waiting.ts'

type Fallible = StateOf<'Task'> | StateOf<'Map'>

/** The visit with one more retry, of which the journal knows; undefined when there is none left for this error. */
function retried(visit: Visit, state: Fallible, error: StateError): Visit | undefined {
  const { run, thread, at } = visit
  const retry = nextRetry(state.Retry, at.used, error.error, run.engine.random)
  if (!retry) return undefined
  run.tally.transitions += 1
  const retryAt = run.engine.timers.now() + retry.delaySeconds * 1000
  const saved = save(run, thread, { ...at, entry: at.entry + 1, used: retry.used, retryAt })
  if (state.Type === 'Map') run.engine.journal.dropThreads(run.record.arn, `${thread.path}/`)
  return { ...visit, at: saved }
}

function caught({ at }: Visit, state: Fallible, error: StateError): Outcome | undefined {
  const catcher = findCatcher(state.Catch, error.error)
  // Neither ResultSelector nor OutputPath sees what a catcher gives.
  return catcher && { next: catcher.Next, output: withResult(catcher.ResultPath, at.input, errorOutput(error)) }
}

/** Does the state's work under its Retry and Catch. @throws StateError when neither takes it */
export async function underRetry(visit: Visit, state: Fallible, attempt: (visit: Visit) => Promise<unknown>): Promise<Outcome> {
  let current = visit
  for (;;) {
    const { run, thread, at } = current
    if (at.retryAt !== undefined) await sleepUntil(run.engine.timers, at.retryAt, thread.signal)
    try {
      return { next: state.Next, output: await attempt(current) }
    } catch (error) {
      if (!(error instanceof StateError)) throw error
      const again = retried(current, state, error)
      const outcome = again ? undefined : caught(current, state, error)
      if (outcome) return outcome
      if (!again) throw error
      current = again
    }
  }
}
