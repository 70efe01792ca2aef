import * as z from 'zod'
import { EVENT_TYPES } from './event.ts'
import { DisplayText } from './names.ts'

/** `*` stands for every type there is and will be. */
export const Subscription = z.enum(['*', ...EVENT_TYPES])
export type Subscription = z.infer<typeof Subscription>

export const WebhookState = z.enum(['enabled', 'disabled'])

/** Where a tenant is told about events. Its secret is shown once, in the answer to the create. */
export const Webhook = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(Subscription),
  description: z.string().optional(),
  state: WebhookState,
  /** Why we stopped sending. */
  disabled_reason: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type Webhook = z.infer<typeof Webhook>

export const WebhookCreate = z.strictObject({
  /** Checked further by the target policy: https, a public name, port 443 or 8443. */
  url: z.string().min(1).max(2048),
  /** Absent means all. */
  events: z
    .array(Subscription)
    .min(1)
    .max(EVENT_TYPES.length + 1)
    .optional(),
  description: DisplayText(256).optional(),
})
export type WebhookCreate = z.infer<typeof WebhookCreate>

export const WebhookWithSecret = Webhook.extend({
  /** `whsec_` and base64, for https://www.standardwebhooks.com: shown now and never again. */
  secret: z.string(),
})
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>
