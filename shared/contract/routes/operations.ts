import * as z from 'zod'
import { CommaList } from '../comma-list.ts'
import { Id } from '../ids.ts'
import { OPERATION_STATES, OPERATION_TYPES, Operation } from '../operation.ts'
import { listOf, page } from '../pagination.ts'
import { type Route, route } from '../route.ts'

const OperationPath = z.strictObject({ operation_id: Id('operation') })

/** The rows about operations. */
export const OPERATION_ROUTES = {
  listOperations: route({
    operationId: 'listOperations',
    tag: 'Operations',
    summary: 'List operations, newest first',
    method: 'GET',
    path: '/v1/operations',
    scope: 'read',
    query: z.strictObject({
      ...page,
      cluster_id: Id('cluster').optional(),
      state: CommaList(OPERATION_STATES, 'Operations in one of these states, by commas'),
      type: CommaList(OPERATION_TYPES, 'Operations of one of these types, by commas'),
    }),
    status: 200,
    response: listOf(Operation),
    errors: ['invalid_value'],
  }),
  getOperation: route({
    operationId: 'getOperation',
    tag: 'Operations',
    summary: 'Look at an operation',
    method: 'GET',
    path: '/v1/operations/{operation_id}',
    scope: 'read',
    params: OperationPath,
    waits: true,
    status: 200,
    response: Operation,
    headers: ['ETag', 'Retry-After'],
  }),
  cancelOperation: route({
    operationId: 'cancelOperation',
    tag: 'Operations',
    summary: 'Cancel an operation that has `cancel` among its actions: a cluster that is being created is taken back',
    method: 'POST',
    path: '/v1/operations/{operation_id}/cancel',
    scope: 'write',
    params: OperationPath,
    idempotent: true,
    waits: true,
    status: 202,
    response: Operation,
    headers: ['Location', 'Operation-Location', 'Retry-After'],
    errors: ['operation_not_cancelable'],
  }),
} as const satisfies Record<string, Route>
