import { randomUUID } from 'node:crypto'
import { type Changes, changesBetween, type Known, knownOf } from './changes.ts'
import type { Snapshot } from './snapshot.ts'

/** One message to whoever watches; `id` is what a client that comes back names. */
export interface Message {
  id: string
  event: 'snapshot' | 'change'
  data: Snapshot | Changes
}

export interface Feed {
  /** What a client gets first: what it missed since `lastId`, as far as that is known, else everything; then each change as it comes. */
  watch(lastId: string | undefined, tell: (message: Message) => void): Promise<() => void>
  /** Everything, now. */
  snapshot(): Promise<Snapshot>
  stop(): void
}

export interface FeedDeps {
  look(): Promise<Snapshot>
  onError(error: unknown): void
}

/** Changes are looked for so often, while somebody watches: more than that nobody sees. */
const EVERY_MS = 300
const KEPT = 100

export function createFeed({ look, onError }: FeedDeps): Feed {
  const boot = randomUUID().slice(0, 8)
  const watchers = new Set<(message: Message) => void>()
  const kept: Message[] = []
  let known: Known = new Map()
  let current: Snapshot = {}
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let stopped = false

  async function lookOnce(): Promise<void> {
    current = await look()
    const next = knownOf(current)
    const changes = changesBetween(known, next)
    known = next
    if (!changes) return
    count += 1
    const message: Message = { id: `${boot}-${count}`, event: 'change', data: changes }
    kept.push(message)
    if (kept.length > KEPT) kept.shift()
    for (const tell of watchers) tell(message)
  }
  /** One look at a time; whoever asks meanwhile gets what that one saw. */
  function refresh(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }
  function goOn(): void {
    clearTimeout(timer)
    if (stopped || watchers.size === 0) return
    timer = setTimeout(() => {
      refresh().catch(onError).finally(goOn)
    }, EVERY_MS)
  }
  function missed(lastId: string | undefined): Message[] {
    const place = kept.findIndex(({ id }) => id === lastId)
    return place < 0 ? [{ id: `${boot}-${count}`, event: 'snapshot', data: current }] : kept.slice(place + 1)
  }
  return {
    watch: async (lastId, tell) => {
      await refresh()
      for (const message of missed(lastId)) tell(message)
      watchers.add(tell)
      goOn()
      return () => watchers.delete(tell)
    },
    snapshot: async () => {
      await refresh()
      return current
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
