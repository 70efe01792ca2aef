import * as z from 'zod'
import { Attempt, DeliveryState } from '../contract/delivery.ts'
import { Event, PushedEvent, subjectOf } from '../contract/event.ts'
import { DisabledReason, Subscription, WebhookState } from '../contract/webhook.ts'
import { sk, tenantOf } from '../platform/table.ts'

/** `EVT#<cluster or webhook>#<sequence>` as the stream shows it: its key says whose it is, and must agree with what it holds. */
export const EventItem = Event.extend({ pk: z.string(), sk: z.string(), tenant_id: z.string(), expires: z.int().optional() })
  .refine((item) => tenantOf(item.pk) === item.tenant_id, { message: 'is not in the partition of its tenant' })
  .refine((item) => item.sk === sk.event(subjectOf(item), item.sequence), { message: 'has another key than its number says' })
export type EventItem = z.infer<typeof EventItem>

/** `WHK#<id>`: where a tenant is told. No secret is here: each is derived from the id and its version. */
export const WebhookRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  url: z.string(),
  events: z.array(Subscription),
  description: z.string().optional(),
  state: WebhookState,
  disabled_reason: DisabledReason.optional(),
  disabled_at: z.string().optional(),
  /** The first failure with no success since. */
  failing_since: z.string().optional(),
  /** Of the deliveries that wait for it, those that are counted. */
  waiting_counted: z.int().optional(),
  /** From then on events were left out, since too many deliveries waited. */
  backlog_full_since: z.string().optional(),
  /** Until then; absent while they are. */
  backlog_full_until: z.string().optional(),
  secret_version: z.int(),
  /** Until then the version before signs too. */
  previous_secret_expires_at: z.string().optional(),
  /** Grows with every change that was decided on what had been read. */
  revision: z.int(),
  /** Of the last event about the webhook itself, tests included. */
  last_sequence: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type WebhookRecord = z.infer<typeof WebhookRecord>

/** `DLV#<webhook>#<id>`: one event on its way to one webhook. The event is copied, so that every attempt sends the same. */
export const DeliveryRecord = z.object({
  tenant_id: z.string(),
  id: z.string(),
  webhook_id: z.string(),
  event: PushedEvent,
  state: DeliveryState,
  /** The last ones; a delivery can be sent again any number of times. */
  attempts: z.array(Attempt),
  /** Attempts since it was sent, or sent again, for the last time. */
  attempts_made: z.int(),
  /** Not before this moment. */
  next_attempt_at: z.string().optional(),
  /** Somebody is sending; it also names who, since nobody else can claim before it. */
  in_flight_until: z.string().optional(),
  /** The API asked for it, and no attempt has begun since: the stream puts it on the queue. */
  asked_at: z.string().optional(),
  /** It waits, and its webhook counts it. */
  counted: z.literal(true).optional(),
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
  /** Seconds since the epoch: DynamoDB's TTL. */
  expires: z.int(),
})
export type DeliveryRecord = z.infer<typeof DeliveryRecord>

/** A delivery that the API asked for, as the stream shows it. */
export const AskedDelivery = z
  .object({ pk: z.string(), sk: z.string(), tenant_id: z.string(), webhook_id: z.string(), id: z.string(), asked_at: z.string() })
  .refine((item) => tenantOf(item.pk) === item.tenant_id, { message: 'is not in the partition of its tenant' })
  .refine((item) => item.sk === sk.delivery(item.webhook_id, item.id), { message: 'has another key than its ids say' })
export type AskedDelivery = z.infer<typeof AskedDelivery>

/** What the queue carries. */
export const DeliveryMessage = z.strictObject({
  tenant_id: z.string(),
  webhook_id: z.string(),
  delivery_id: z.string(),
  /** How often in a row it found its receiver busy. */
  postponed: z.int().optional(),
})
export type DeliveryMessage = z.infer<typeof DeliveryMessage>
