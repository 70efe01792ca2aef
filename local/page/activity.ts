/** A call to AWS that a function made. */
export interface CallEntry {
  /** Epoch milliseconds. */
  at: number
  by: string
  service: string
  operation: string
  /** The HTTP status that it was answered with. */
  status: number
  /** The name of the exception, of a refusal. */
  error?: string | undefined
  ms: number
}

/** What a role asked for and may not. */
export interface DenialEntry {
  at: number
  by: string
  action: string
  resource: string
}

/** An event of ECS. */
export interface EventEntry {
  at: number
  about: 'task' | 'host'
  id: string
  status: string
  reason?: string | undefined
  /** What faults did to it on its way. */
  faults: string[]
}

/** An entry with its number, which only grows. */
export type Numbered<T> = T & { n: number }

export interface Recent<T> {
  add(entry: T): void
  /** Oldest first. */
  list(): Numbered<T>[]
}

/** The last so many of something. */
export function recent<T>(most: number): Recent<T> {
  const entries: Numbered<T>[] = []
  let last = 0
  return {
    add: (entry) => {
      last += 1
      entries.push({ ...entry, n: last })
      if (entries.length > most) entries.shift()
    },
    list: () => [...entries],
  }
}

/** What happened of late: to be looked at, and by nobody relied upon. */
export interface Activity {
  calls: Recent<CallEntry>
  denials: Recent<DenialEntry>
  events: Recent<EventEntry>
}

const MOST = 80

export const activity = (): Activity => ({ calls: recent(MOST), denials: recent(MOST), events: recent(MOST) })
