import type { Timers } from '../timers.ts'

/** Why work of an execution went no further: it was stopped, its siblings failed, or the interpreter was put down. */
export class Halted extends Error {}

/** What `work` gives, or the signal's reason as soon as it is aborted; what `work` gives later is dropped. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** A timer of Node's holds at most 2^31 - 1 ms; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Resolves at that moment, in epoch milliseconds, by the timers' clock. */
export async function sleepUntil(timers: Timers, moment: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  for (let left = moment - timers.now(); left > 0; left = moment - timers.now()) {
    let cancel = () => {}
    const slept = new Promise<void>((resolve) => {
      cancel = timers.after(Math.min(left, LONGEST_TIMER_MS), resolve)
    })
    await unlessAborted(slept, signal).finally(cancel)
  }
}

/** What `work` gives, or the error, if that many milliseconds go by first. */
export async function atMost<T>(timers: Timers, ms: number, expired: Error, work: Promise<T>): Promise<T> {
  let cancel = () => {}
  const expiry = new Promise<never>((_, reject) => {
    cancel = timers.after(ms, () => reject(expired))
  })
  return Promise.race([work, expiry]).finally(cancel)
}
