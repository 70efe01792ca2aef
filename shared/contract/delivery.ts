import * as z from 'zod'
import { PushedEvent } from './event.ts'
import { Id, Time } from './ids.ts'
import { Moment } from './moment.ts'

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

/** One POST to a receiver, or why there was none. */
export const Attempt = z.object({
  at: Time,
  duration_ms: z.int(),
  outcome: z.enum(['success', 'failure']).meta({ description: 'A status of 2xx is a success, and nothing else is' }),
  status: z.int().optional().meta({ description: 'The HTTP status that the receiver answered, if it did' }),
  error: AttemptError.optional().meta({ description: 'Why there was no answer' }),
  answer: z.string().optional().meta({ description: 'What the receiver answered, its first kilobyte' }),
  secret_versions: z.array(z.int()).meta({ description: 'Of the secrets that signed it, newest first; none when nothing was sent' }),
})
export type Attempt = z.infer<typeof Attempt>

export const DELIVERY_STATES = ['pending', 'succeeded', 'failed', 'abandoned'] as const
export const DeliveryState = z.enum(DELIVERY_STATES).meta({
  description: '`failed`: every attempt did, or the receiver is gone. `abandoned`: the webhook was disabled before it succeeded',
})

/** One event on its way to one webhook. */
export const Delivery = z.object({
  id: Id('delivery'),
  webhook_id: Id('webhook'),
  event: PushedEvent,
  state: DeliveryState,
  attempts_made: z.int().meta({ description: 'Since it was sent, or sent again, for the last time' }),
  next_attempt_at: Time.optional().meta({ description: 'Not before then; of pending ones only' }),
  created_at: Time,
  updated_at: Time,
})
export type Delivery = z.infer<typeof Delivery>

export const DeliveryWithAttempts = Delivery.extend({
  attempts: z.array(Attempt).meta({ description: 'Oldest first; the last 40 of them' }),
})
export type DeliveryWithAttempts = z.infer<typeof DeliveryWithAttempts>

export const Recovery = z.strictObject({
  since: Moment.meta({ description: 'Events from then on, by `created_at`' }),
  after: z.int().min(0).optional().meta({ description: '`next_after` of the answer before: goes on from there' }),
})
export type Recovery = z.infer<typeof Recovery>

export const Recovered = z.object({
  redelivered: z.int().meta({ description: 'Deliveries that are under way by this request' }),
  next_after: z.int().optional().meta({ description: 'There may be more: ask again with it as `after`. Absent at the end' }),
})
export type Recovered = z.infer<typeof Recovered>
