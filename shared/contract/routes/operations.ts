import * as z from 'zod'
import { Id } from '../ids.ts'
import { Operation } from '../operation.ts'
import { listOf, page } from '../pagination.ts'
import { type Route, route } from '../route.ts'

/** The rows about operations. */
export const OPERATION_ROUTES = {
  listOperations: route({
    operationId: 'listOperations',
    tag: 'Operations',
    summary: 'List operations, newest first',
    method: 'GET',
    path: '/v1/operations',
    scope: 'read',
    query: z.strictObject({ ...page, cluster_id: Id('cluster').optional() }),
    status: 200,
    response: listOf(Operation),
  }),
  getOperation: route({
    operationId: 'getOperation',
    tag: 'Operations',
    summary: 'Look at an operation',
    method: 'GET',
    path: '/v1/operations/{operation_id}',
    scope: 'read',
    params: z.strictObject({ operation_id: Id('operation') }),
    status: 200,
    response: Operation,
    headers: ['ETag', 'Retry-After'],
  }),
} as const satisfies Record<string, Route>
