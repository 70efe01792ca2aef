import type { Timers } from '../timers.ts'

/** Timers that can all be called off at once, when the model stops. */
export interface PendingTimers extends Timers {
  cancelAll(): void
}

export function pendingTimers(timers: Timers): PendingTimers {
  const pending = new Set<() => void>()
  return {
    now: timers.now,
    after: (ms, run) => {
      const cancel = timers.after(ms, () => {
        pending.delete(cancelThis)
        run()
      })
      const cancelThis = (): void => {
        pending.delete(cancelThis)
        cancel()
      }
      pending.add(cancelThis)
      return cancelThis
    },
    cancelAll: () => {
      for (const cancel of [...pending]) cancel()
    },
  }
}
