import type { At } from './journal.ts'
import type { Graph, State } from './machine.ts'
import { type Outcome, type Run, save, type Thread } from './run.ts'
import { StateError, withinDataLimit } from './state-error.ts'
import { perform } from './states/perform.ts'
import { addEvents } from './tally.ts'

function enter(run: Run, thread: Thread, state: string, input: unknown, entry: number): At {
  addEvents(run.tally, 1)
  run.tally.transitions += 1
  const entered = new Date(run.engine.timers.now()).toISOString()
  return save(run, thread, { kind: 'at', state, input, entered, entry, used: [] })
}

function stateOf(graph: Graph, name: string): State {
  const state = graph.states.get(name)
  // After a restart with another definition; Step Functions would have kept the one it was started with.
  if (!state) throw new StateError('States.Runtime', `the state machine has no state ${name} any more`)
  return state
}

/** One state, to its output. */
async function leave(run: Run, thread: Thread, at: At, state: State): Promise<Outcome> {
  const outcome = await perform({ run, thread, at, descend: (inner, input) => runThread(run, inner, input) }, state)
  withinDataLimit(outcome.output, at.state)
  addEvents(run.tally, 1)
  return outcome
}

/**
 * Runs a thread to its end and gives its output; begins where the journal says it was.
 * A Task that was under way when the process died is invoked again: at least once, where Step Functions does it once.
 * @throws StateError that nothing in the thread caught; the signal's reason when told to stop
 */
export async function runThread(run: Run, thread: Thread, input: unknown): Promise<unknown> {
  const { journal } = run.engine
  const known = journal.frame(run.record.arn, thread.path)
  let at = known?.kind === 'at' ? known : enter(run, thread, thread.graph.startAt, input, 0)
  for (;;) {
    const state = stateOf(thread.graph, at.state)
    const { next, output } = await leave(run, thread, at, state)
    if (next === undefined) return output
    at = enter(run, thread, next, output, at.entry + 1)
    if (state.Type === 'Map') journal.dropThreads(run.record.arn, `${thread.path}/`)
  }
}
