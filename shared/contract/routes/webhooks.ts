import * as z from 'zod'
import { Id } from '../ids.ts'
import { listOf, PageQuery } from '../pagination.ts'
import { type Route, route } from '../route.ts'
import { Webhook, WebhookCreate, WebhookWithSecret } from '../webhook.ts'

/** The rows about webhooks. */
export const WEBHOOK_ROUTES = {
  createWebhook: route({
    operationId: 'createWebhook',
    tag: 'Webhooks',
    summary: 'Be told about events; answers the secret that signs them',
    method: 'POST',
    path: '/v1/webhooks',
    scope: 'write',
    body: WebhookCreate,
    idempotent: true,
    status: 201,
    response: WebhookWithSecret,
    errors: ['webhook_url_not_allowed', 'quota_exceeded'],
  }),
  listWebhooks: route({
    operationId: 'listWebhooks',
    tag: 'Webhooks',
    summary: 'List webhooks, oldest first',
    method: 'GET',
    path: '/v1/webhooks',
    scope: 'read',
    query: PageQuery,
    status: 200,
    response: listOf(Webhook),
  }),
  deleteWebhook: route({
    operationId: 'deleteWebhook',
    tag: 'Webhooks',
    summary: 'Be told no more',
    method: 'DELETE',
    path: '/v1/webhooks/{webhook_id}',
    scope: 'write',
    params: z.strictObject({ webhook_id: Id('webhook') }),
    idempotent: true,
    status: 204,
  }),
} as const satisfies Record<string, Route>
