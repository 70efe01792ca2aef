import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
  zodToOpenAPIRegistry,
} from '@asteasolutions/zod-to-openapi'
import type * as z from 'zod'
import { ERRORS, type ErrorCode } from './errors.ts'
import { PUSHED_TYPES } from './event.ts'
import type { Example } from './examples/example.ts'
import { EXAMPLES } from './examples.ts'
import { COMPONENTS } from './openapi-components.ts'
import { answerHeaders, HEADERS, headersOf, PROBLEM_HEADERS, rateHeaders } from './openapi-headers.ts'
import { requestOf } from './openapi-request.ts'
import { describeWebhook } from './openapi-webhooks.ts'
import { Problem } from './problem.ts'
import { type Route, TAGS } from './route.ts'
import { errorsOf } from './route-errors.ts'
import { ROUTES } from './routes.ts'

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

const jsonOf = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } })

function responsesOf(route: Route): RouteConfig['responses'] {
  const also = route.also.map(({ status, response, when }) => [
    status,
    { description: when, headers: headersOf(rateHeaders(route)), ...jsonOf(response) },
  ])
  return {
    [route.status]: {
      description: route.summary,
      headers: headersOf(answerHeaders(route)),
      ...(route.response ? jsonOf(route.response) : {}),
    },
    ...Object.fromEntries(also),
    ...(route.method === 'GET' && route.headers.includes('ETag') ? notModified(route) : {}),
    ...problemsOf(route),
  }
}

const LOWER = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const
const describe = (route: Route, example: Example): RouteConfig => ({
  operationId: route.operationId,
  tags: [route.tag],
  summary: route.summary,
  method: LOWER[route.method],
  path: route.path,
  security: route.scope === 'public' ? [] : [{ key: [] }],
  ...(route.scope === 'public' ? {} : { description: `Scope: \`${route.scope}\`` }),
  request: requestOf(route, example),
  responses: responsesOf(route),
})

/** The OpenAPI 3.1 document of the route table. For builds and tests: its generator does not belong in a function. */
export function buildOpenApi() {
  const registry = new OpenAPIRegistry()
  for (const [id, schema] of Object.entries(COMPONENTS)) zodToOpenAPIRegistry.add(schema, { _internal: { refId: id } })
  registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer', bearerFormat: 'rgh_<live|test>_...' })
  for (const [name, { description, required = false }] of Object.entries(HEADERS)) {
    registry.registerComponent('headers', name, { description, required, schema: { type: 'string' } })
  }
  const examples: Readonly<Record<string, Example>> = EXAMPLES
  for (const route of Object.values(ROUTES)) registry.registerPath(describe(route, examples[route.operationId] ?? {}))
  for (const type of PUSHED_TYPES) registry.registerWebhook(describeWebhook(type))
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
