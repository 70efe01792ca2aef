import type { OperationId } from '../../shared/contract/routes.ts'
import type { Operation } from '../edge/operation.ts'
import { auditOperations } from './audit.ts'
import { clusterOperations } from './clusters.ts'
import type { ApiDeps } from './deps.ts'
import { operationOperations } from './operations.ts'
import { serviceOperations } from './service.ts'
import { tenantOperations } from './tenants.ts'
import { webhookOperations } from './webhooks.ts'

/** What answers each row of the route table; the compiler asks for every one. */
export const apiOperations = (deps: ApiDeps): Record<OperationId, Operation> => ({
  ...tenantOperations(deps),
  ...clusterOperations(deps),
  ...operationOperations(deps),
  ...webhookOperations(deps),
  ...auditOperations(deps),
  ...serviceOperations(deps),
})
