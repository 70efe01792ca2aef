import { listOf, PageQuery } from '../pagination.ts'
import { WebhookPath } from '../paths.ts'
import { type Route, route } from '../route.ts'
import { SecretRotation, Webhook, WebhookCreate, WebhookUpdate, WebhookWithSecret } from '../webhook.ts'

const webhook = { tag: 'Webhooks', params: WebhookPath } as const
/** A change of one webhook that is answered with it. */
const change = { ...webhook, method: 'POST', scope: 'write', idempotent: true, status: 200, response: Webhook, headers: ['ETag'] } as const

/** The rows about webhooks. */
export const WEBHOOK_ROUTES = {
  createWebhook: route({
    operationId: 'createWebhook',
    tag: 'Webhooks',
    summary: 'Be told about events; answers the secret that signs them',
    method: 'POST',
    path: '/v1/webhooks',
    scope: 'write',
    audited: true,
    body: WebhookCreate,
    idempotent: true,
    status: 201,
    response: WebhookWithSecret,
    headers: ['Location'],
    errors: ['webhook_url_not_allowed', 'quota_exceeded', 'secret_shown_once'],
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
  getWebhook: route({
    ...webhook,
    operationId: 'getWebhook',
    summary: 'Look at a webhook',
    method: 'GET',
    path: '/v1/webhooks/{webhook_id}',
    scope: 'read',
    status: 200,
    response: Webhook,
    headers: ['ETag'],
  }),
  updateWebhook: route({
    ...change,
    operationId: 'updateWebhook',
    summary: 'Change where a webhook goes, or what it is told. What is under way goes to the new URL',
    method: 'PATCH',
    path: '/v1/webhooks/{webhook_id}',
    body: WebhookUpdate,
    conditional: true,
    errors: ['webhook_url_not_allowed'],
  }),
  enableWebhook: route({
    ...change,
    operationId: 'enableWebhook',
    summary: 'Be told again. What happened in the meantime is sent by recoverWebhook',
    path: '/v1/webhooks/{webhook_id}/enable',
  }),
  disableWebhook: route({
    ...change,
    operationId: 'disableWebhook',
    summary: 'Be told no more for now. What is under way is abandoned',
    path: '/v1/webhooks/{webhook_id}/disable',
  }),
  rotateWebhookSecret: route({
    ...change,
    operationId: 'rotateWebhookSecret',
    summary: 'Sign with a new secret, which is answered; the one until now signs too until it expires',
    path: '/v1/webhooks/{webhook_id}/rotate-secret',
    audited: true,
    body: SecretRotation,
    response: WebhookWithSecret,
    headers: [],
    errors: ['secret_rotating', 'secret_shown_once'],
  }),
  revokePreviousWebhookSecret: route({
    ...change,
    operationId: 'revokePreviousWebhookSecret',
    summary: 'Sign with the newest secret only, from now on',
    path: '/v1/webhooks/{webhook_id}/revoke-previous-secret',
  }),
  deleteWebhook: route({
    ...webhook,
    operationId: 'deleteWebhook',
    summary: 'Be told no more. Its deliveries go with it',
    method: 'DELETE',
    path: '/v1/webhooks/{webhook_id}',
    scope: 'write',
    idempotent: true,
    status: 204,
  }),
} as const satisfies Record<string, Route>
