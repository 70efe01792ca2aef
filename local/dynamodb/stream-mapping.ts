import type { EventSourceSpec } from '../template/queues.ts'
import type { StreamReader, StreamRecord } from './stream.ts'
import { type Deliver, deliverer, type MappingDeps } from './stream-delivery.ts'

export interface RunningMapping {
  /** There may be something new. */
  wake(): void
  stop(): void
}

/** GetRecords answers at most that many. */
const READ_LIMIT = 1000
/** Wakes come with every write; this is for the one that was lost on an error. */
const SAFETY_MS = 5000

async function batches(records: StreamRecord[], size: number, deliver: Deliver): Promise<void> {
  for (let start = 0; start < records.length; start += size) await deliver(records.slice(start, start + size))
}

/** Begins with its first wake. */
export function runMapping(mapping: EventSourceSpec, stream: StreamReader, deps: MappingDeps): RunningMapping {
  const { timers, checkpoints } = deps
  const alive = { now: true }
  const checkpoint = (sequence: string): void => {
    if (alive.now) checkpoints.set(mapping.id, sequence)
  }
  const { matches, deliver } = deliverer(mapping, deps, checkpoint, () => alive.now)
  let running = false
  let again = false
  let cancelSafety = (): void => undefined

  async function drain(): Promise<void> {
    while (alive.now) {
      const page = await stream.read(checkpoints.get(mapping.id), READ_LIMIT)
      if (page.last === undefined) return
      await batches(page.records.filter(matches), mapping.batchSize, deliver)
      checkpoint(page.last)
    }
  }
  async function loop(): Promise<void> {
    running = true
    try {
      do {
        again = false
        await drain()
      } while (again && alive.now)
    } catch (error) {
      if (alive.now) deps.onError(error)
    }
    running = false
    cancelSafety()
    if (alive.now) cancelSafety = timers.after(SAFETY_MS, wake)
  }
  function wake(): void {
    again = true
    if (!running && alive.now) void loop()
  }
  return {
    wake,
    stop: () => {
      alive.now = false
      cancelSafety()
    },
  }
}
