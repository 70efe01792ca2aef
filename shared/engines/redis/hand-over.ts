import type { RingCall, WireDeps } from '../engine.ts'
import { nudge } from './orders.ts'
import type { Sight, Verdict } from './pursue.ts'
import { flawOf } from './ring.ts'
import { succeed } from './succession.ts'

/** The engine tries for five seconds, and begins anew with every order (`CLUSTER_MF_TIMEOUT` in its cluster.h). */
const TRY_MS = 5_500

/** Primaries give their place to a replica each: the engine holds writes back until it has copied all, and nothing is lost. */
export function handOverDecider({ now }: WireDeps, { ordinals }: RingCall): (sight: Sight) => Verdict {
  const askedAt = new Map<number, number>()
  return ({ targets, nodes, views }) => {
    const flaw = flawOf(targets, views)
    const [next] = succeed(nodes, ordinals)
    if (!next) return flaw === undefined ? { done: true } : { done: false, waitingFor: flaw, orders: nudge(nodes) }
    // It begins with a ring that is whole. That all have heard of the last one is not waited for before the next: it takes up to half of
    // the time that a node may be silent.
    if (flaw !== undefined && askedAt.size === 0) return { done: false, waitingFor: flaw, orders: [] }
    const due = now() - (askedAt.get(next.ordinal) ?? Number.NEGATIVE_INFINITY) > TRY_MS
    if (due) askedAt.set(next.ordinal, now())
    // One after the other: two at once may share the votes of one epoch between them, and the loser asks again after a minute (7.x).
    return { done: false, waitingFor: `nodes ${ordinals.join(', ')} to hand over`, orders: due ? [next] : [] }
  }
}
