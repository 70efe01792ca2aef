import type { DurableMap } from '../store/durable-map.ts'
import type { Timers } from '../timers.ts'
import type { StreamReader, StreamRecord } from './stream.ts'
import { type Deliver, deliverer } from './stream-delivery.ts'

/** An AWS::Lambda::EventSourceMapping on a table's stream. Read from TRIM_HORIZON, one batch at a time, without a window. */
export interface StreamMapping {
  /** Stable over restarts: the checkpoint is kept under it. */
  id: string
  /** `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>` */
  eventSourceArn: string
  functionArn: string
  /** JSON patterns; a record goes through when one of them matches, or when there is none. */
  filters: string[]
  batchSize: number
  /** -1: until it works. */
  maximumRetryAttempts: number
  bisectBatchOnFunctionError: boolean
  reportBatchItemFailures: boolean
  /** Where what was given up is told. */
  onFailureArn?: string
}

export type Invoke = (functionArn: string, payload: unknown) => Promise<{ payload: unknown; functionError?: string }>

export interface MappingDeps {
  invoke: Invoke
  timers: Timers
  /** Sequence number of the last record done with, by mapping. */
  checkpoints: DurableMap<string>
  onError: (error: unknown) => void
  /** Tells an on-failure destination. */
  sendFailure?: (destinationArn: string, body: object) => Promise<void>
}

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

export function runMapping(mapping: StreamMapping, stream: StreamReader, deps: MappingDeps): RunningMapping {
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
  wake()
  return {
    wake,
    stop: () => {
      alive.now = false
      cancelSafety()
    },
  }
}
