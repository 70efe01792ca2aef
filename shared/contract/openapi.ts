import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
  zodToOpenAPIRegistry,
} from '@asteasolutions/zod-to-openapi'
import * as z from 'zod'
import { Actor, AuditEntry } from './audit.ts'
import { AcceptedCluster, Cluster, ClusterCreate, Condition, Connection, Node } from './cluster.ts'
import { ERRORS, type ErrorCode } from './errors.ts'
import { EVENT_TYPES, Event, type EventType } from './event.ts'
import { KeyCreate, KeyWithSecret } from './key.ts'
import { Offer } from './offer.ts'
import { Operation } from './operation.ts'
import { Problem, ProblemType } from './problem.ts'
import { errorsOf, type Route, TAGS, takesBody } from './route.ts'
import { ROUTES } from './routes.ts'
import { Quota, Tenant, TenantCreate } from './tenant.ts'
import { Webhook, WebhookCreate, WebhookWithSecret } from './webhook.ts'
import { EventData, WebhookHeaders, webhookPayload } from './webhook-payload.ts'

/** Names are given here and not in the schemas: another reader of them (a service broker's catalog) wants them inlined. */
const COMPONENTS = {
  AcceptedCluster,
  Actor,
  AuditEntry,
  Cluster,
  ClusterCreate,
  Condition,
  Connection,
  Event,
  EventData,
  KeyCreate,
  KeyWithSecret,
  Node,
  Offer,
  Operation,
  Problem,
  ProblemType,
  Quota,
  Tenant,
  TenantCreate,
  Webhook,
  WebhookCreate,
  WebhookWithSecret,
}

const HEADERS: Record<string, { description: string; required?: true }> = {
  'X-Request-Id': { description: 'Names this request in our logs', required: true },
  'Cache-Control': { description: 'Who may keep the answer, and for how long', required: true },
  ETag: { description: 'Changes whenever the body does; send it as If-None-Match', required: true },
  Location: { description: 'Where the cluster is', required: true },
  'Operation-Location': { description: 'Where the operation is', required: true },
  'Retry-After': { description: 'Seconds until it is worth asking again' },
  'RateLimit-Policy': {
    description: 'How many requests the tenant may make at once (`q`) and in how many seconds that comes back (`w`)',
    required: true,
  },
  RateLimit: { description: 'How many requests may follow at once (`r`), and the seconds until all may again (`t`)', required: true },
  'Idempotent-Replayed': { description: '`true`: the stored answer to an earlier request with the same Idempotency-Key' },
  'WWW-Authenticate': { description: 'How to say who calls (RFC 6750)', required: true },
  'Accept-Encoding': { description: 'The codings that a body may have' },
}

const headersOf = (names: readonly string[]) =>
  Object.fromEntries(['X-Request-Id', 'Cache-Control', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** Beside those of every answer. */
const PROBLEM_HEADERS: Partial<Record<string, string[]>> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  415: ['Accept-Encoding'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
}

const rateHeaders = (route: Route): string[] => (route.scope === 'public' ? [] : ['RateLimit', 'RateLimit-Policy'])

const notModified = (route: Route) => ({
  304: { description: 'Not modified since the ETag in If-None-Match', headers: headersOf(['ETag', ...rateHeaders(route)]) },
})

/** One response for each status, naming the codes that it may carry. */
function problemsOf(route: Route): Record<string, ResponseConfig> {
  const byStatus = Map.groupBy(errorsOf(route), (code: ErrorCode) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('. '),
        headers: headersOf(PROBLEM_HEADERS[status] ?? []),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  )
}

function responsesOf(route: Route): RouteConfig['responses'] {
  const names = [...rateHeaders(route), ...route.headers, ...(route.idempotent ? ['Idempotent-Replayed'] : [])]
  return {
    [route.status]: {
      description: route.summary,
      headers: headersOf(names),
      ...(route.response ? { content: { 'application/json': { schema: route.response } } } : {}),
    },
    ...(route.method === 'GET' && route.headers.includes('ETag') ? notModified(route) : {}),
    ...problemsOf(route),
  }
}

const IdempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The same key with the same request gets the stored answer, for 24 hours. Bare or quoted.' }),
})

const LOWER = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const
const shapeOf = (schema: z.ZodType) =>
  schema instanceof z.ZodObject && Object.keys(schema.shape).length > 0 ? { schema: z.object(schema.shape) } : undefined

function describe(route: Route): RouteConfig {
  const params = shapeOf(route.params)
  const query = shapeOf(route.query)
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    method: LOWER[route.method],
    path: route.path,
    security: route.scope === 'public' ? [] : [{ key: [] }],
    ...(route.scope === 'public' ? {} : { description: `Scope: \`${route.scope}\`` }),
    request: {
      ...(params ? { params: params.schema } : {}),
      ...(query ? { query: query.schema } : {}),
      ...(route.idempotent ? { headers: IdempotencyKey } : {}),
      ...(takesBody(route) ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
    },
    responses: responsesOf(route),
  }
}

/** `cluster.ready` -> `onClusterReady`. */
const handlerName = (type: EventType): string => `on${type.replaceAll(/(?:^|\.)([a-z])/g, (_, first: string) => first.toUpperCase())}`

/** What a receiver gets, and what its answer means to us. */
const describeWebhook = (type: EventType): RouteConfig => ({
  operationId: handlerName(type),
  tags: ['Webhooks'],
  summary: `Be told of ${type}`,
  method: 'post',
  path: type,
  security: [],
  request: {
    headers: WebhookHeaders,
    body: { required: true, content: { 'application/json': { schema: webhookPayload(type) } } },
  },
  responses: {
    '2XX': { description: 'Taken. Anything else, a redirect included, is tried again for three days' },
    410: { description: 'No more of this or anything: the webhook is disabled' },
    429: { description: 'Later: Retry-After is honoured, as with 503' },
  },
})

/** The OpenAPI 3.1 document of the route table. For builds and tests: its generator does not belong in a function. */
export function buildOpenApi() {
  const registry = new OpenAPIRegistry()
  for (const [id, schema] of Object.entries(COMPONENTS)) zodToOpenAPIRegistry.add(schema, { _internal: { refId: id } })
  registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer', bearerFormat: 'rgh_<live|test>_...' })
  for (const [name, { description, required = false }] of Object.entries(HEADERS)) {
    registry.registerComponent('headers', name, { description, required, schema: { type: 'string' } })
  }
  for (const route of Object.values(ROUTES)) registry.registerPath(describe(route))
  for (const type of EVENT_TYPES) registry.registerWebhook(describeWebhook(type))
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Ringhold',
      version: '1',
      description: 'Distributed databases as a service. Fields, states, codes and event types may be added; none is taken away within /v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
  })
}

/** The document as functions/api serves it: cdk/bundle.ts writes it to `api/openapi.json`, beside the bundle. */
export const openApiText = (): string => JSON.stringify(buildOpenApi())
