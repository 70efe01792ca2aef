import { isoTime } from '../platform/clock.ts'
import type { Observed, Plan, Waiting } from './observed.ts'

/** Of a wait that keeps the lease: an execution cannot be woken while it waits. */
const LONGEST_PAUSE_MS = 30_000

/** A short wait is a pause; for a longer one the lease is given back, and who is woken looks again. */
export function waitFor(ms: number, waiting: Waiting, now: number): Plan {
  if (ms <= LONGEST_PAUSE_MS) return { decision: 'pause', seconds: Math.ceil(ms / 1000), waiting }
  return { decision: 'settle', outcome: 'parked', dueAt: isoTime(now + ms), waiting }
}

/** What has been waited for so long will not come in the next seconds. */
const PATIENCE_MS = 600_000
/** How many turns each wake is then still worth: enough to see a step through. */
const TURNS = 5
const AGAIN_MS = 60_000

/**
 * Lets go of the lease when a cluster goes nowhere: without it an execution would poll for ever. What has to be done is
 * tried a few times at every wake, and the next wake comes at the latest in a minute.
 * @param turn of this execution
 */
export function patient({ cluster }: Observed, plan: Plan, turn: number, now: number): Plan {
  if (turn < TURNS || (plan.decision !== 'act' && plan.decision !== 'pause')) return plan
  const { waiting } = plan
  const before = cluster.conditions.find(({ type, reason }) => type === 'Ready' && reason === waiting.reason)
  if (!before || now - Date.parse(before.since) < PATIENCE_MS) return plan
  return waitFor(AGAIN_MS, waiting, now)
}
