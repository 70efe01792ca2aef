import type { OperationId } from '../../shared/contract/routes.ts'
import type { Operation } from '../edge/operation.ts'
import { auditOperations } from './audit.ts'
import { clusterOperations } from './clusters.ts'
import { deliveryOperations } from './deliveries.ts'
import type { ApiDeps } from './deps.ts'
import { eventOperations } from './events.ts'
import { keyOperations } from './keys.ts'
import { operationOperations } from './operations.ts'
import { serviceOperations } from './service.ts'
import { tenantOperations } from './tenants.ts'
import { webhookOperations } from './webhooks.ts'

/** What answers each row of the route table; the compiler asks for every one. */
export const apiOperations = (deps: ApiDeps): Record<OperationId, Operation> => ({
  ...tenantOperations(deps),
  ...keyOperations(deps),
  ...clusterOperations(deps),
  ...operationOperations(deps),
  ...eventOperations(deps),
  ...webhookOperations(deps),
  ...deliveryOperations(deps),
  ...auditOperations(deps),
  ...serviceOperations(deps),
})
