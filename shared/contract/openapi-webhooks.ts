import type { RouteConfig } from '@asteasolutions/zod-to-openapi'
import type { PushedType } from './event.ts'
import { WebhookHeaders, webhookPayload } from './webhook-payload.ts'

/** `cluster.ready` -> `onClusterReady`. */
const handlerName = (type: PushedType): string => `on${type.replaceAll(/(?:^|\.)([a-z])/g, (_, first: string) => first.toUpperCase())}`

const TOLD = [
  'Signed as https://www.standardwebhooks.com, and tried ten times over three to four days until it is answered 2xx within 15 seconds.',
  'An event comes at least once: `webhook-id` tells whether it was there before. Events may come in another order than they happened:',
  '`sequence` tells. `GET /v1/events` has each of them once, those of a cluster in order.',
].join(' ')

/** What a receiver gets, and what its answer means to us. */
export const describeWebhook = (type: PushedType): RouteConfig => ({
  operationId: handlerName(type),
  tags: ['Webhooks'],
  summary: `Be told of ${type}`,
  description: TOLD,
  method: 'post',
  path: type,
  security: [],
  request: {
    headers: WebhookHeaders,
    body: { required: true, content: { 'application/json': { schema: webhookPayload(type) } } },
  },
  responses: {
    '2XX': { description: 'Taken. Anything else, a redirect included, is tried again for three to four days' },
    410: { description: 'No more of this or anything: the webhook is disabled' },
    429: { description: 'Later: Retry-After is honoured, as with 503' },
  },
})
