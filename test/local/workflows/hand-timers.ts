import type { Timers } from '../../../local/timers.ts'

export interface HandTimers extends Timers {
  /** Goes to the next thing that is due and does it; false when nothing is. */
  turn(): boolean
  /** How many things wait. */
  waiting(): number
}

/** A clock that stands still until it is turned. */
export function handTimers(start = Date.UTC(2026, 0, 1)): HandTimers {
  let now = start
  const due = new Set<{ at: number; run: () => void }>()
  return {
    now: () => now,
    after: (ms, run) => {
      const entry = { at: now + ms, run }
      due.add(entry)
      return () => {
        due.delete(entry)
      }
    },
    turn: () => {
      const [next] = [...due].sort((a, b) => a.at - b.at)
      if (!next) return false
      due.delete(next)
      now = Math.max(now, next.at)
      next.run()
      return true
    },
    waiting: () => due.size,
  }
}
