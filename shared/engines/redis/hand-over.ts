import type { RingCall, WireDeps } from '../engine.ts'
import { nudge, succeed } from './orders.ts'
import type { Sight, Verdict } from './pursue.ts'
import { flawOf } from './ring.ts'

/** The engine tries for five seconds, and begins anew with every order (`CLUSTER_MF_TIMEOUT` in its cluster.h). */
const TRY_MS = 5_500

/** Primaries give their place to a replica each: the engine holds writes back until it has copied all, and nothing is lost. */
export function handOverDecider({ now }: WireDeps, { ordinals }: RingCall): (sight: Sight) => Verdict {
  const askedAt = new Map<number, number>()
  return ({ targets, nodes, views }) => {
    const flaw = flawOf(targets, views)
    const wanted = succeed(nodes, ordinals)
    if (flaw === undefined && wanted.length === 0) return { done: true }
    // Half way, or for another reason: what is not whole is left as it is, its replicas may not be ready.
    if (flaw !== undefined) return { done: false, waitingFor: flaw, orders: nudge(nodes) }
    const orders = wanted.filter(({ ordinal }) => now() - (askedAt.get(ordinal) ?? Number.NEGATIVE_INFINITY) > TRY_MS)
    for (const { ordinal } of orders) askedAt.set(ordinal, now())
    return { done: false, waitingFor: `nodes ${ordinals.join(', ')} to hand over`, orders }
  }
}
