import * as z from 'zod'
import { effectiveInput, output, reader } from '../flow.ts'
import type { StateOf } from '../machine.ts'
import type { Path } from '../paths.ts'
import { contextOf, type Outcome, type Visit } from '../run.ts'
import { StateError } from '../state-error.ts'
import { sleepUntil } from '../waiting.ts'

const Seconds = z.int().min(0).max(99_999_999)
const Timestamp = z.iso.datetime({ offset: true })

function checked<T>(schema: z.ZodType<T>, path: Path, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StateError('States.Runtime', `The value at ${path.text} cannot be waited for: ${JSON.stringify(value)}`)
}

/** Epoch milliseconds at which it ends. It counts from when the state was entered, so that a restart does not prolong it. */
function waitsUntil(state: StateOf<'Wait'>, entered: string, read: (path: Path, field: string) => unknown): number {
  const since = Date.parse(entered)
  if (state.Seconds !== undefined) return since + state.Seconds * 1000
  if (state.Timestamp !== undefined) return Date.parse(state.Timestamp)
  if (state.SecondsPath) return since + checked(Seconds, state.SecondsPath, read(state.SecondsPath, 'SecondsPath')) * 1000
  if (state.TimestampPath) return Date.parse(checked(Timestamp, state.TimestampPath, read(state.TimestampPath, 'TimestampPath')))
  throw new Error('a Wait without an end was loaded')
}

export async function runWait(visit: Visit, state: StateOf<'Wait'>): Promise<Outcome> {
  const { run, thread, at } = visit
  const context = contextOf(visit)
  const input = effectiveInput(state, at.state, at.input, context)
  const until = waitsUntil(state, at.entered, reader(at.state, input, context).read)
  await sleepUntil(run.engine.timers, until, thread.signal)
  return { next: state.Next, output: output(state, at.state, input, input, context) }
}
