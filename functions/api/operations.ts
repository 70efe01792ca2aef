import { ROUTES } from '../../shared/contract/routes.ts'
import { operationService } from '../../shared/operations/service.ts'
import type { TableDeps } from '../../shared/platform/tenant-table.ts'
import { resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

export function operationOperations(deps: TableDeps) {
  const operations = operationService(deps)
  return {
    listOperations: tenantOperation(ROUTES.listOperations, (request) =>
      listed(request, (page) => operations.list(request.tenant, page, request.query.cluster_id)),
    ),
    getOperation: tenantOperation(ROUTES.getOperation, async ({ tenant, params }) => {
      const found = await operations.get(tenant, params.operation_id)
      return resource(found, found.state === 'running' ? { 'retry-after': '1' } : {})
    }),
  }
}
