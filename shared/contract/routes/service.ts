import * as z from 'zod'
import { Offer } from '../offer.ts'
import { ProblemType } from '../problem.ts'
import { type Route, route } from '../route.ts'

/** The rows about the API itself and its cell. */
export const SERVICE_ROUTES = {
  listEngines: route({
    operationId: 'listEngines',
    tag: 'Engines',
    summary: 'See what a cluster can be made of',
    method: 'GET',
    path: '/v1/engines',
    scope: 'read',
    status: 200,
    response: Offer,
    headers: ['ETag'],
  }),
  getHealth: route({
    operationId: 'getHealth',
    tag: 'Service',
    summary: 'Ask whether the API answers',
    method: 'GET',
    path: '/health',
    scope: 'public',
    status: 200,
    response: z.object({ state: z.literal('ok') }),
  }),
  getProblemType: route({
    operationId: 'getProblemType',
    tag: 'Service',
    summary: 'Look up an error code',
    method: 'GET',
    path: '/problems/{code}',
    scope: 'public',
    params: z.strictObject({ code: z.string() }),
    status: 200,
    response: ProblemType,
    headers: ['ETag'],
  }),
  getOpenApi: route({
    operationId: 'getOpenApi',
    tag: 'Service',
    summary: 'Get this description',
    method: 'GET',
    path: '/openapi.json',
    scope: 'public',
    status: 200,
    response: z.record(z.string(), z.unknown()),
    headers: ['ETag'],
  }),
} as const satisfies Record<string, Route>
