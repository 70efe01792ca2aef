import * as z from 'zod'
import { ClusterState } from './cluster.ts'
import type { PushedType } from './event.ts'
import { Id, Time } from './ids.ts'
import { DisabledReason } from './webhook.ts'

const sequence = z.int().meta({ description: 'Grows by one with every event of what it is about: pushes may come out of order' })

/** What a receiver is told of a cluster. Thin on purpose: whoever wants the state of now asks the API. */
export const ClusterEventData = z.looseObject({
  cluster_id: Id('cluster'),
  sequence,
  name: z.string(),
  state: ClusterState,
  operation_id: Id('operation').optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional().meta({ description: 'Of `cluster.failed`: why' }),
})

/** What a receiver is told of a webhook. */
export const WebhookEventData = z.looseObject({
  webhook_id: Id('webhook'),
  sequence,
  reason: DisabledReason.optional().meta({ description: 'Of `webhook.disabled`: why' }),
  failing_since: Time.optional().meta({ description: 'Of `webhook.disabled` for the reason `failing`' }),
})

/** The body that is POSTed to a webhook, the same at every attempt (https://www.standardwebhooks.com). */
export const webhookPayload = <T extends PushedType>(type: T) =>
  z.object({
    type: z.literal(type),
    timestamp: Time.meta({ description: 'When it happened' }),
    data: type.startsWith('cluster.') ? ClusterEventData : WebhookEventData,
  })

/** What comes with it. */
export const WebhookHeaders = z.object({
  'webhook-id': z.string().meta({ description: 'Names the event: the same at every attempt and for every webhook' }),
  'webhook-timestamp': z.string().meta({ description: 'When this attempt was made, in seconds since the epoch' }),
  'webhook-signature': z.string().meta({
    description:
      '`v1,` and the base64 of an HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes that `whsec_` stands before in base64. One for each secret that is valid, by spaces: any of them will do',
  }),
})
