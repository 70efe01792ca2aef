import type { Timers } from '../timers.ts'

/** A clock that can be moved on: what would have become due meanwhile is due at once. */
export interface MovableTimers extends Timers {
  /** @param ms more than 0 */
  forward(ms: number): void
  /** How far it is ahead, in milliseconds: one float64, shared with workers, so that their clock moves with it. */
  readonly ahead: SharedArrayBuffer
}

interface Pending {
  at: number
  run: () => void
  cancel: () => void
}

export function movableTimers(base: Timers): MovableTimers {
  const ahead = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const offset = new Float64Array(ahead)
  const pending = new Set<Pending>()
  const now = (): number => base.now() + (offset[0] ?? 0)
  function arm(entry: Pending): void {
    entry.cancel = base.after(Math.max(0, entry.at - now()), () => {
      pending.delete(entry)
      entry.run()
    })
  }
  return {
    ahead,
    now,
    after: (ms, run) => {
      const entry: Pending = { at: now() + ms, run, cancel: () => undefined }
      pending.add(entry)
      arm(entry)
      return () => {
        pending.delete(entry)
        entry.cancel()
      }
    },
    forward: (ms) => {
      offset[0] = (offset[0] ?? 0) + ms
      // In the order in which they are due; each in a turn of its own, as always.
      for (const entry of [...pending].sort((a, b) => a.at - b.at)) {
        entry.cancel()
        arm(entry)
      }
    },
  }
}
