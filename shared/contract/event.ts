import * as z from 'zod'

/** Everything that is told to a tenant, by event feed and webhook alike. */
export const EVENT_TYPES = ['cluster.creating', 'cluster.ready', 'cluster.failed', 'cluster.deleting', 'cluster.deleted'] as const
export const EventType = z.enum(EVENT_TYPES)
export type EventType = z.infer<typeof EventType>

/** One change of a cluster. `sequence` counts within the cluster, without gaps as far as its events go. */
export const Event = z.object({
  id: z.string(),
  type: EventType,
  cluster_id: z.string(),
  sequence: z.int(),
  created_at: z.string(),
  /** Thin on purpose: what to look at, never a secret. */
  data: z.record(z.string(), z.unknown()),
})
export type Event = z.infer<typeof Event>
