import { randomUUID } from 'node:crypto'
import type { DurableMap } from '../store/durable-map.ts'
import type { QueueSpec } from '../template/queues.ts'
import type { Timers } from '../timers.ts'
import type { Message, Received } from './message.ts'
import { createShelf, type Shelf } from './shelf.ts'

export interface QueueDeps {
  timers: Timers
  messages: DurableMap<Message>
  /** The queue with that arn, for messages that were received too often. */
  deadLetters(arn: string): Queue
}
export interface Take {
  max: number
  /** The queue's own when it is not given. */
  visibilityMs?: number | undefined
  byMapping?: boolean
}

export interface Queue {
  readonly spec: QueueSpec
  send(input: { body: string; sender: string; group?: string | undefined; delayMs?: number | undefined }): Message
  /** What is visible now; it is in flight afterwards. */
  take(take: Take): Received[]
  /** Deletes the message unless it was received again since. */
  remove(receipt: string): void
  /** @returns false when the receipt's message is not in flight under it. */
  changeVisibility(receipt: string, ms: number): boolean
  counts: Shelf['counts']
  /** Calls back when there is something to take; the answer ends it. */
  onReady(callback: () => void): () => void
  /** Takes up a message that was received too often elsewhere. */
  adopt(message: Message): void
  /** Makes visible what a mapping of an earlier process held: that one is gone, and nobody else has the receipt. */
  release(): void
  stop(): void
}

/** `<message id>.<random>`, so that a receipt finds its message. */
const messageOf = (receipt: string): string => receipt.slice(0, receipt.indexOf('.'))
export const isReceipt = (receipt: string): boolean => /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/.test(receipt)

/** What is too old is gone; what was received too often moves; the rest is received. */
function receiver(spec: QueueSpec, shelf: Shelf, { timers, deadLetters }: QueueDeps) {
  return (id: string, take: Take): Received | undefined => {
    const message = shelf.get(id)
    const now = timers.now()
    if (!message || message.sentAt + spec.retentionMs <= now) return void shelf.forget(id)
    if (spec.redrive && message.receives >= spec.redrive.maxReceiveCount) {
      deadLetters(spec.redrive.deadLetterArn).adopt(message)
      return void shelf.forget(id)
    }
    const received = {
      ...message,
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      visibleAt: now + (take.visibilityMs ?? spec.visibilityTimeoutMs),
      receipt: `${id}.${randomUUID()}`,
      heldByMapping: take.byMapping ?? false,
    }
    shelf.place(received)
    return received
  }
}

export function createQueue(spec: QueueSpec, deps: QueueDeps): Queue {
  const { timers } = deps
  const callbacks = new Set<() => void>()
  const shelf = createShelf(deps.messages, timers, () => {
    for (const callback of callbacks) callback()
  })
  const receive = receiver(spec, shelf, deps)
  const held = (receipt: string): Message | undefined => {
    const message = shelf.get(messageOf(receipt))
    return message?.receipt === receipt ? message : undefined
  }
  return {
    spec,
    send: ({ body, sender, group, delayMs = spec.delayMs }) => {
      const now = timers.now()
      const whose = group === undefined ? {} : { group }
      const message = { id: randomUUID(), body, sender, ...whose, sentAt: now, visibleAt: now + delayMs, receives: 0 }
      shelf.place(message)
      return message
    },
    take: (take) => {
      const taken: Received[] = []
      for (const id of [...shelf.visible()]) {
        if (taken.length >= take.max) break
        const message = receive(id, take)
        if (message) taken.push(message)
      }
      return taken
    },
    remove: (receipt) => {
      const message = held(receipt)
      if (message) shelf.forget(message.id)
    },
    changeVisibility: (receipt, ms) => {
      const message = held(receipt)
      if (!message || message.visibleAt <= timers.now()) return false
      shelf.place({ ...message, visibleAt: timers.now() + ms })
      return true
    },
    counts: shelf.counts,
    onReady: (callback) => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    adopt: ({ receipt: _receipt, firstReceivedAt: _first, heldByMapping: _held, ...message }) =>
      shelf.place({ ...message, visibleAt: timers.now(), receives: 0 }),
    release: () => {
      for (const message of shelf.all().filter((each) => each.heldByMapping))
        shelf.place({ ...message, heldByMapping: false, visibleAt: timers.now() })
    },
    stop: () => {
      shelf.stop()
      callbacks.clear()
    },
  }
}
