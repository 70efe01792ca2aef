import { type Usage, usage } from './usage.ts'

/**
 * What the control plane uses, as `npm run bench` counts it in the local cloud and holds it to these. GB-seconds are the most that was
 * seen on a busy machine; everything else is exact.
 */

/** A ring of six nodes made and deleted, each with an interface of its own, with ECS' times and one webhook; functions warm. */
export const CREATE_AND_DELETE: Usage = usage({
  ...{ transitions: 57, writeUnits: 318, readUnits: 187, invocations: 60, gbSeconds: 37, apiRequests: 2 },
  ...{ queueRequests: 12, logBytes: 45_000, keyRequests: 12, traces: 34 },
})

/** One sweep that finds nothing due. */
export const SWEEP: Usage = usage({ readUnits: 8, invocations: 1, gbSeconds: 0.036, logBytes: 400 })

/** One look at a ready ring that needs nothing, which each has every hour. */
export const LOOK: Usage = usage({
  ...{ transitions: 5, writeUnits: 14, readUnits: 8, invocations: 5, gbSeconds: 0.3 },
  ...{ logBytes: 6_000, keyRequests: 1, traces: 3 },
})

/**
 * Calls to ECS of one ring, by what they take from (`BUCKETS`): of its create and its delete; of its create, while its nodes take 21 s to
 * start; and of a look.
 */
export const ECS_CALLS = { definitionsPerRing: 2, readsPerCreate: 13, readsPerLook: 3 } as const

/**
 * What each node of an idle ring of six sends to the others in a second, with the headers of its packets: a ping and a pong of the bus,
 * some 2.6 kB each, and replication. It is the same in larger rings but for what the pings tell of other nodes.
 */
export const GOSSIP_BYTES_PER_NODE_SECOND = 5_700

/** What a ring's items take in the table, its events and operations included. */
export const TABLE_BYTES_PER_RING = 20_000
