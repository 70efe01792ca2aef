import * as z from 'zod'
import { EVENT_TYPES } from './event.ts'
import { Id, Time } from './ids.ts'
import { DisplayText } from './names.ts'

/** `*` stands for every type there is and will be. */
export const Subscription = z.enum(['*', ...EVENT_TYPES]).meta({ description: '`*` stands for every type there is and will be' })
export type Subscription = z.infer<typeof Subscription>

export const WebhookState = z.enum(['enabled', 'disabled'])

/** Further reasons may come. */
export const DisabledReason = z.enum(['requested', 'gone', 'failing']).meta({
  description:
    '`requested`: by the API. `gone`: the receiver answered 410. `failing`: nothing that was sent to it succeeded for five days, and the delivery that failed last had failed for twelve hours',
})
export type DisabledReason = z.infer<typeof DisabledReason>

/** Where a tenant is told about events. Its secret is shown in the answers to its making and rotation only. */
export const Webhook = z.object({
  id: Id('webhook'),
  url: z.string(),
  events: z.array(Subscription),
  description: z.string().optional(),
  state: WebhookState,
  disabled_reason: DisabledReason.optional(),
  disabled_at: Time.optional(),
  failing_since: Time.optional().meta({ description: 'The first failed attempt after which none has succeeded' }),
  backlog_full_since: Time.optional().meta({
    description:
      'From then on events were left out: some 20,000 deliveries to it wait, or 10,000 while it fails. The events are in the feed, and a recover sends them',
  }),
  backlog_full_until: Time.optional().meta({ description: 'Since then it is sent events again. Absent while they are left out' }),
  secret_version: z.int().meta({ description: 'Of the secret that was shown last; attempts say which versions they were signed with' }),
  previous_secret_expires_at: Time.optional().meta({
    description: 'Until then the secret of the version before signs too. Absent when only one secret signs',
  }),
  created_at: Time,
  updated_at: Time,
})
export type Webhook = z.infer<typeof Webhook>

const url = z
  .string()
  .min(1)
  .max(2048)
  .meta({ description: 'https, a name of the public internet, port 443 or 8443; asked for again before every attempt' })
const events = z
  .array(Subscription)
  .min(1)
  .max(EVENT_TYPES.length + 1)
const description = DisplayText(256)

export const WebhookCreate = z.strictObject({
  url,
  events: events.optional().meta({ description: 'Absent means all' }),
  description: description.optional(),
})
export type WebhookCreate = z.infer<typeof WebhookCreate>

/** What is absent stays as it is. */
export const WebhookUpdate = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: description.nullable().optional().meta({ description: '`null` takes it away' }),
})
export type WebhookUpdate = z.infer<typeof WebhookUpdate>

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().meta({
    description:
      '`whsec_` and base64, for https://www.standardwebhooks.com: shown now, and to a repetition of this request by its Idempotency-Key until the secret is rotated',
  }),
})
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>

const DEFAULT_OVERLAP_SECONDS = 86_400

export const SecretRotation = z.strictObject({
  previous_secret_expires_in: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .optional()
    .meta({
      default: DEFAULT_OVERLAP_SECONDS,
      description: 'Seconds for which the secret until now signs beside the new one, so that a receiver can hold either. 0 ends it at once',
    }),
  force: z
    .boolean()
    .optional()
    .meta({ default: false, description: 'Rotate although the secret before still signs: it ends now, since no more than two sign' }),
})
export type SecretRotation = z.infer<typeof SecretRotation>
export const overlapMs = ({ previous_secret_expires_in: seconds = DEFAULT_OVERLAP_SECONDS }: SecretRotation): number => seconds * 1000
