import type { ClusterDeps } from '../../shared/clusters/deps.ts'
import { clusterService } from '../../shared/clusters/service.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { readFeed } from '../../shared/webhooks/feed-reader.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

export function eventOperations(deps: ClusterDeps) {
  const clusters = clusterService(deps)
  return {
    listClusterEvents: tenantOperation(ROUTES.listClusterEvents, (request) =>
      listed(request, (page) => clusters.events(request.tenant, request.params.cluster_id, page)),
    ),
    listEvents: tenantOperation(ROUTES.listEvents, (request) => {
      const { limit: _limit, cursor: _cursor, ...filter } = request.query
      return listed(request, (page) => readFeed(deps, request.tenant, filter, page))
    }),
  }
}
