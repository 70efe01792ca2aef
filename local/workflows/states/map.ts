import { effectiveInput, filled, output, reader } from '../flow.ts'
import type { MapState } from '../machine.ts'
import { contextOf, type Outcome, type Thread, type Visit } from '../run.ts'
import { StateError, withinDataLimit } from '../state-error.ts'
import { addEvents } from '../tally.ts'
import { Halted } from '../waiting.ts'
import { underRetry } from './attempts.ts'

/** Most iterations that run at once in an inline Map; https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_AT_ONCE = 40

function itemsOf(visit: Visit, state: MapState, input: unknown, context: object): unknown[] {
  const { at } = visit
  const items = state.ItemsPath ? reader(at.state, input, context).read(state.ItemsPath, 'ItemsPath') : input
  if (Array.isArray(items)) return items
  throw new StateError('States.Runtime', `Reference path "${state.ItemsPath?.text ?? '$'}" must point to array.`)
}

/** Runs one iteration, or gives what the journal says it gave. */
async function iterate(
  visit: Visit,
  state: MapState,
  input: unknown,
  item: NonNullable<Thread['item']>,
  signal: AbortSignal,
): Promise<unknown> {
  const { run, at } = visit
  const { journal } = run.engine
  const thread: Thread = { path: `${visit.thread.path}/${at.entry}.${item.Index}`, graph: state.processor, item, signal }
  const known = journal.frame(run.record.arn, thread.path)
  if (known?.kind === 'done') return known.output
  if (!known) addEvents(run.tally, 1)
  const context = { ...contextOf(visit), Map: { Item: item } }
  const given = state.ItemSelector ? filled(state.ItemSelector, at.state, input, context) : item.Value
  const result = await visit.descend(thread, given)
  addEvents(run.tally, 1)
  signal.throwIfAborted()
  journal.saveFrame(run.record.arn, thread.path, { kind: 'done', output: result, ...run.tally })
  journal.dropThreads(run.record.arn, `${thread.path}/`)
  return result
}

/** All iterations, as many at once as allowed; the first that fails stops the others and is what is thrown. */
async function iterations(visit: Visit, state: MapState, input: unknown, items: unknown[]): Promise<unknown[]> {
  const siblings = new AbortController()
  const signal = AbortSignal.any([visit.thread.signal, siblings.signal])
  const results: unknown[] = new Array(items.length).fill(null)
  const failures: unknown[] = []
  let running = 0
  let next = 0
  async function work(): Promise<void> {
    while (next < items.length && !signal.aborted) {
      const index = next++
      running += 1
      try {
        results[index] = await iterate(visit, state, input, { Index: index, Value: items[index] }, signal)
      } catch (error) {
        failures.push(error)
        // The failed one and those that it takes with it.
        if (!siblings.signal.aborted) visit.run.tally.events += running
        siblings.abort(new Halted('another iteration failed'))
      }
      running -= 1
    }
  }
  const lanes = Math.min(state.MaxConcurrency || MOST_AT_ONCE, MOST_AT_ONCE, items.length)
  await Promise.all(Array.from({ length: lanes }, work))
  if (failures.length > 0) throw failures[0]
  return results
}

async function attempt(visit: Visit, state: MapState): Promise<unknown> {
  const { run, at } = visit
  const context = contextOf(visit)
  const input = effectiveInput(state, at.state, at.input, context)
  const items = itemsOf(visit, state, input, context)
  addEvents(run.tally, 1)
  const results = await iterations(visit, state, input, items).finally(() => addEvents(run.tally, 1))
  return output(state, at.state, at.input, withinDataLimit(results, at.state), context)
}

export function runMap(visit: Visit, state: MapState): Promise<Outcome> {
  return underRetry(visit, state, (current) => attempt(current, state))
}
