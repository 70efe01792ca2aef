import * as z from 'zod'
import { ClusterState } from './cluster.ts'
import type { EventType } from './event.ts'
import { Id, Time } from './ids.ts'

/** What a receiver is told of a cluster. Thin on purpose: whoever wants the state of now asks the API. */
export const EventData = z.looseObject({
  cluster_id: Id('cluster'),
  sequence: z.int().meta({ description: 'Grows with every event of the cluster: pushes may come out of order' }),
  name: z.string(),
  state: ClusterState,
  operation_id: Id('operation').optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional().meta({ description: 'Of `cluster.failed`: why' }),
})

/** The body that is POSTed to a webhook, the same at every attempt (https://www.standardwebhooks.com). */
export const webhookPayload = <T extends EventType>(type: T) =>
  z.object({ type: z.literal(type), timestamp: Time.meta({ description: 'When it happened' }), data: EventData })

/** What comes with it. */
export const WebhookHeaders = z.object({
  'webhook-id': z.string().meta({ description: 'Names the event: the same at every attempt and for every webhook' }),
  'webhook-timestamp': z.string().meta({ description: 'When this attempt was made, in seconds since the epoch' }),
  'webhook-signature': z.string().meta({
    description:
      '`v1,` and the base64 of an HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes that `whsec_` stands before in base64. There may be several, by spaces',
  }),
})
