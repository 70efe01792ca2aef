import * as z from 'zod'
import { Event } from '../contract/event.ts'
import { Subscription, WebhookState } from '../contract/webhook.ts'
import { sk, tenantOf } from '../platform/table.ts'

/** `EVT#<cluster>#<sequence>` as the stream shows it: its key says whose it is, and must agree with what it holds. */
export const EventItem = Event.extend({ pk: z.string(), sk: z.string(), tenant_id: z.string(), expires: z.int().optional() })
  .refine((item) => tenantOf(item.pk) === item.tenant_id, { message: 'is not in the partition of its tenant' })
  .refine((item) => item.sk === sk.event(item.cluster_id, item.sequence), { message: 'has another key than its number says' })
export type EventItem = z.infer<typeof EventItem>

/** `WHK#<id>`: where a tenant is told. The secret is not here: it is derived from the id and `secret_version`. */
export const WebhookRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  url: z.string(),
  events: z.array(Subscription),
  description: z.string().optional(),
  state: WebhookState,
  disabled_reason: z.string().optional(),
  secret_version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type WebhookRecord = z.infer<typeof WebhookRecord>

/** Why an attempt got no answer, in our words: a raw socket error would tell a tenant about our network. */
export const AttemptError = z.enum([
  'target_refused',
  'name_not_resolved',
  'connect_failed',
  'connect_timeout',
  'tls_failed',
  'timeout',
  'connection_lost',
  'bad_answer',
])
export type AttemptError = z.infer<typeof AttemptError>

/** One POST, or why there was none. */
export const Attempt = z.object({
  at: z.string(),
  duration_ms: z.int(),
  outcome: z.enum(['success', 'failure']),
  /** The HTTP status, when there was an answer. */
  status: z.int().optional(),
  error: AttemptError.optional(),
  /** What the receiver answered, its first kilobyte. */
  answer: z.string().optional(),
})
export type Attempt = z.infer<typeof Attempt>

/** `DLV#<id>`: one event on its way to one webhook. The event is copied, so that every attempt sends the same. */
export const DeliveryRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  webhook_id: z.string(),
  event: Event,
  state: z.enum(['pending', 'succeeded', 'failed', 'abandoned']),
  attempts: z.array(Attempt),
  /** Not before this moment. */
  next_attempt_at: z.string().optional(),
  /** Somebody is sending; it also names who, since nobody else can claim before it. */
  in_flight_until: z.string().optional(),
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
  /** Seconds since the epoch: DynamoDB's TTL. */
  expires: z.int(),
})
export type DeliveryRecord = z.infer<typeof DeliveryRecord>

/** What the queue carries. */
export const DeliveryMessage = z.strictObject({ tenant_id: z.string(), delivery_id: z.string() })
export type DeliveryMessage = z.infer<typeof DeliveryMessage>
