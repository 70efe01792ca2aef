import * as z from 'zod'
import { Id, Time } from './ids.ts'

export const CLUSTER_EVENT_TYPES = [
  'cluster.creating',
  'cluster.ready',
  'cluster.updated',
  'cluster.failed',
  'cluster.deleting',
  'cluster.deleted',
] as const
/** Everything that is told to a tenant, by event feed and webhook alike. */
export const EVENT_TYPES = [...CLUSTER_EVENT_TYPES, 'webhook.disabled'] as const
export const EventType = z.enum(EVENT_TYPES)
export type EventType = z.infer<typeof EventType>
/** What is sent to webhooks: a test goes to one of them and is in no feed. */
export const PUSHED_TYPES = [...EVENT_TYPES, 'webhook.test'] as const
export type PushedType = (typeof PUSHED_TYPES)[number]

/** For as long events, deliveries and their attempts can be read; then they are gone, whatever becomes of what they are about. */
export const EVENTS_KEPT_DAYS = 30
/** Seconds since the epoch: DynamoDB's TTL of what was made at that moment. */
export const eventsExpire = (epochMs: number): number => Math.floor(epochMs / 1000) + EVENTS_KEPT_DAYS * 86_400

const of = <T extends z.ZodType>(type: T) =>
  z.object({
    id: Id('event'),
    type,
    cluster_id: Id('cluster').optional().meta({ description: 'The cluster that it is about; absent where it is about something else' }),
    webhook_id: Id('webhook').optional().meta({ description: 'The webhook that it is about; absent where it is about something else' }),
    sequence: z.int().meta({ description: 'Its number among the events of what it is about: they happened in this order' }),
    created_at: Time,
    data: z.record(z.string(), z.unknown()).meta({ description: 'What to look at, never a secret' }),
  })

const position = z.int().meta({ description: "Its number in the tenant's feed, in which there are no gaps" })

/** One change of a cluster or a webhook. Further types may come. */
export const Event = of(EventType).extend({ position: position.optional() })
export type Event = z.infer<typeof Event>

/** An event as the feed has it. */
export const FeedEvent = of(EventType).extend({ position })
export type FeedEvent = z.infer<typeof FeedEvent>

/** An event as it is sent to webhooks, which may be before the feed has it. */
export const PushedEvent = of(z.enum(PUSHED_TYPES))
export type PushedEvent = z.infer<typeof PushedEvent>

/** What the event is about: its number counts among the events of that. */
export const subjectOf = ({ cluster_id, webhook_id }: Pick<PushedEvent, 'cluster_id' | 'webhook_id'>): string =>
  cluster_id ?? webhook_id ?? ''
