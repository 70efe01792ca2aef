import type { Timers } from '../timers.ts'
import type { Received } from './message.ts'
import type { Queue, Take } from './queue.ts'

/** Waits up to `waitMs` for a first message; answers at once when there is one. */
export function longPoll(queue: Queue, timers: Timers, take: Take, waitMs: number): Promise<Received[]> {
  const now = queue.take(take)
  if (now.length > 0 || waitMs === 0) return Promise.resolve(now)
  return new Promise((resolve) => {
    const finish = (messages: Received[]): void => {
      cancelReady()
      cancelTimeout()
      resolve(messages)
    }
    const cancelReady = queue.onReady(() => {
      const messages = queue.take(take)
      if (messages.length > 0) finish(messages)
    })
    const cancelTimeout = timers.after(waitMs, () => finish([]))
  })
}
