import * as z from 'zod'
import { Delivery, DeliveryState, DeliveryWithAttempts, Recovered, Recovery } from '../delivery.ts'
import { PUSHED_TYPES } from '../event.ts'
import { listOf, page } from '../pagination.ts'
import { DeliveryPath, WebhookPath } from '../paths.ts'
import { type Route, route } from '../route.ts'

const sending = { tag: 'Webhooks', method: 'POST', scope: 'write', idempotent: true, status: 202 } as const

/** The rows about what is sent to webhooks. */
export const DELIVERY_ROUTES = {
  testWebhook: route({
    ...sending,
    operationId: 'testWebhook',
    summary: 'Send `webhook.test` to this webhook alone, signed and tried as everything is',
    path: '/v1/webhooks/{webhook_id}/test',
    params: WebhookPath,
    response: Delivery,
    headers: ['Location'],
    errors: ['webhook_disabled', 'webhook_backlog_full'],
  }),
  recoverWebhook: route({
    ...sending,
    operationId: 'recoverWebhook',
    summary: 'Send again what failed or was abandoned, and send what never was, of all that happened since then; some at a time',
    path: '/v1/webhooks/{webhook_id}/recover',
    params: WebhookPath,
    body: Recovery,
    response: Recovered,
    errors: ['webhook_disabled', 'webhook_backlog_full'],
  }),
  listDeliveries: route({
    operationId: 'listDeliveries',
    tag: 'Webhooks',
    summary: 'List what is sent to a webhook, newest event first; it is kept for 30 days',
    method: 'GET',
    path: '/v1/webhooks/{webhook_id}/deliveries',
    scope: 'read',
    params: WebhookPath,
    query: z.strictObject({
      ...page,
      state: DeliveryState.optional(),
      type: z.enum(PUSHED_TYPES).optional().meta({ description: 'Of the event' }),
    }),
    status: 200,
    response: listOf(Delivery),
    errors: ['invalid_value'],
  }),
  getDelivery: route({
    operationId: 'getDelivery',
    tag: 'Webhooks',
    summary: 'Look at a delivery and its attempts',
    method: 'GET',
    path: '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}',
    scope: 'read',
    params: DeliveryPath,
    status: 200,
    response: DeliveryWithAttempts,
    headers: ['ETag'],
  }),
  redeliver: route({
    ...sending,
    operationId: 'redeliver',
    summary: 'Send a delivery that is over again, as the same event',
    path: '/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver',
    params: DeliveryPath,
    response: Delivery,
    headers: ['Location'],
    errors: ['webhook_disabled', 'webhook_backlog_full', 'delivery_pending'],
  }),
} as const satisfies Record<string, Route>
