import * as z from 'zod'
import { durableMap } from '../store/durable-map.ts'

export const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const

/** What an execution used so far; see tally.ts. */
const tally = { events: z.int(), transitions: z.int() }

const ExecutionRecord = z.object({
  kind: z.literal('execution'),
  arn: z.string(),
  name: z.string(),
  machineArn: z.string(),
  status: z.enum(STATUSES),
  /** As it was given: JSON text. */
  input: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.int(),
  stoppedAt: z.int().optional(),
  /** JSON text. */
  output: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  ...tally,
})
export type ExecutionRecord = z.infer<typeof ExecutionRecord>

/** Where one thread stands: the execution's own, or that of a Map iteration. */
const At = z.object({
  kind: z.literal('at'),
  state: z.string(),
  input: z.unknown(),
  /** When the state was entered, as `$$.State.EnteredTime` shows it; a Wait counts from it. */
  entered: z.string(),
  /** States entered and retried by this thread so far: tells this run of a Map from an earlier one of the same state. */
  entry: z.int(),
  /** Retries used, per retrier of the state. */
  used: z.array(z.int()),
  /** Epoch milliseconds before which a failed attempt is not repeated. */
  retryAt: z.number().optional(),
  ...tally,
})
export type At = z.infer<typeof At>

/** A Map iteration that has ended well. */
const Done = z.object({ kind: z.literal('done'), output: z.unknown(), ...tally })
export type Frame = At | z.infer<typeof Done>

const Entry = z.discriminatedUnion('kind', [ExecutionRecord, At, Done])
type Entry = z.infer<typeof Entry>

/** Progress that survives kill -9: a line per change. */
export interface Journal {
  execution(arn: string): ExecutionRecord | undefined
  executions(): ExecutionRecord[]
  saveExecution(record: ExecutionRecord): void
  /** Forgets it wholly. */
  dropExecution(arn: string): void
  frame(arn: string, thread: string): Frame | undefined
  /** All frames of an execution. */
  frames(arn: string): Frame[]
  saveFrame(arn: string, thread: string, frame: Frame): void
  /** Forgets the threads below this one, or, with `/`, all of them. */
  dropThreads(arn: string, under: string): void
}

const SEPARATOR = ' '

function split(key: string): [arn: string, thread: string | undefined] {
  const at = key.indexOf(SEPARATOR)
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)]
}

/** @param file where it is kept; undefined keeps it in memory only. */
export function openJournal(file: string | undefined): Journal {
  const entries = durableMap<Entry>(file, Entry)
  const threads = new Map<string, Set<string>>()
  const threadsOf = (arn: string): Set<string> => {
    const known = threads.get(arn) ?? new Set<string>()
    threads.set(arn, known)
    return known
  }
  for (const key of entries.keys()) {
    const [arn, thread] = split(key)
    if (thread !== undefined) threadsOf(arn).add(thread)
  }

  function execution(arn: string): ExecutionRecord | undefined {
    const entry = entries.get(arn)
    return entry?.kind === 'execution' ? entry : undefined
  }
  function frame(arn: string, thread: string): Frame | undefined {
    const entry = entries.get(arn + SEPARATOR + thread)
    return entry?.kind === 'execution' ? undefined : entry
  }
  function dropThreads(arn: string, under: string): void {
    const known = threadsOf(arn)
    for (const thread of known) {
      if (!thread.startsWith(under)) continue
      entries.delete(arn + SEPARATOR + thread)
      known.delete(thread)
    }
    if (known.size === 0) threads.delete(arn)
  }

  return {
    execution,
    executions: () => entries.values().filter((entry) => entry.kind === 'execution'),
    saveExecution: (record) => entries.set(record.arn, record),
    dropExecution: (arn) => {
      dropThreads(arn, '/')
      entries.delete(arn)
    },
    frame,
    frames: (arn) => [...(threads.get(arn) ?? [])].map((thread) => frame(arn, thread)).filter((found) => found !== undefined),
    saveFrame: (arn, thread, saved) => {
      threadsOf(arn).add(thread)
      entries.set(arn + SEPARATOR + thread, saved)
    },
    dropThreads,
  }
}
