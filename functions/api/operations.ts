import { type Canceled, cancel } from '../../shared/clusters/cancel.ts'
import type { ClusterDeps } from '../../shared/clusters/deps.ts'
import type { Operation } from '../../shared/contract/operation.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { operationService } from '../../shared/operations/service.ts'
import { type Answer, json, resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'
import { hold, idAt } from './hold.ts'

const POLL = { 'retry-after': '1' }

const shown = (operation: Operation): Answer => resource(operation, operation.state === 'running' ? POLL : {})

/** The operation that was canceled, and where the one is that takes it back. */
const canceled = ({ canceled: operation, takenBackBy }: Canceled): Answer =>
  json(202, operation, {
    location: `/v1/clusters/${operation.cluster_id}`,
    'operation-location': `/v1/operations/${takenBackBy}`,
    ...POLL,
  })

export function operationOperations(deps: ClusterDeps) {
  const operations = operationService(deps)
  return {
    listOperations: tenantOperation(ROUTES.listOperations, (request) => {
      const { limit: _limit, cursor: _cursor, ...filter } = request.query
      return listed(request, (page) => operations.list(request.tenant, page, filter))
    }),
    getOperation: tenantOperation(ROUTES.getOperation, async (request) => {
      const { tenant, params } = request
      const look = async (): Promise<Answer> => shown(await operations.get(tenant, params.operation_id))
      const answer = await look()
      return hold(deps, request, params.operation_id, answer, look)
    }),
    cancelOperation: tenantOperation(ROUTES.cancelOperation, async (request) => {
      const { tenant, params, change } = request
      const answer = await change((act) => cancel(deps, tenant, params.operation_id, act), canceled)
      return hold(deps, request, idAt(answer.headers['operation-location']), answer, async () => answer)
    }),
  }
}
