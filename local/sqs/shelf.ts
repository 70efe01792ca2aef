import type { DurableMap } from '../store/durable-map.ts'
import type { Timers } from '../timers.ts'
import type { Message } from './message.ts'

/** A queue's messages, and which of them can be seen now: the others wait for their moment on a timer each. */
export interface Shelf {
  get(id: string): Message | undefined
  /** Keeps it, to be seen from its `visibleAt` on. */
  place(message: Message): void
  forget(id: string): void
  /** Ids of those that can be seen, the longest visible first. */
  visible(): Iterable<string>
  all(): Message[]
  counts(): { visible: number; inFlight: number; delayed: number }
  stop(): void
}

/** @param onReady called whenever a message has become visible */
export function createShelf(messages: DurableMap<Message>, timers: Timers, onReady: () => void): Shelf {
  const ready = new Set<string>()
  const hidden = new Map<string, () => void>()

  function unlist(id: string): void {
    hidden.get(id)?.()
    hidden.delete(id)
    ready.delete(id)
  }
  function show(id: string): void {
    unlist(id)
    ready.add(id)
    onReady()
  }
  function list({ id, visibleAt }: Message): void {
    unlist(id)
    const wait = visibleAt - timers.now()
    if (wait <= 0) show(id)
    else
      hidden.set(
        id,
        timers.after(wait, () => show(id)),
      )
  }
  for (const message of messages.values()) list(message)
  return {
    get: messages.get,
    place: (message) => {
      messages.set(message.id, message)
      list(message)
    },
    forget: (id) => {
      unlist(id)
      messages.delete(id)
    },
    visible: () => ready,
    all: messages.values,
    counts: () => {
      const inFlight = [...hidden.keys()].filter((id) => messages.get(id)?.receipt !== undefined).length
      return { visible: ready.size, inFlight, delayed: hidden.size - inFlight }
    },
    stop: () => {
      for (const cancel of hidden.values()) cancel()
    },
  }
}
