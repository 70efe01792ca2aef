import { type Accepted, type ClusterDeps, clusterService } from '../../shared/clusters/service.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { type Answer, etagOf, json, resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

const POLL_SECONDS = '1'

/** The ETag is that of the cluster as `Location` shows it, not of the cluster with its operation. */
const accepted = ({ accepted: body, cluster }: Accepted): Answer =>
  json(202, body, {
    location: `/v1/clusters/${body.id}`,
    'operation-location': `/v1/operations/${body.operation.id}`,
    'retry-after': POLL_SECONDS,
    etag: etagOf(JSON.stringify(cluster)),
  })

export function clusterOperations(deps: ClusterDeps) {
  const clusters = clusterService(deps)
  return {
    createCluster: tenantOperation(ROUTES.createCluster, ({ tenant, body, change }) =>
      change((act) => clusters.create(tenant, body, act), accepted),
    ),
    listClusters: tenantOperation(ROUTES.listClusters, (request) => listed(request, (page) => clusters.list(request.tenant, page))),
    getCluster: tenantOperation(ROUTES.getCluster, async ({ tenant, params }) => resource(await clusters.get(tenant, params.cluster_id))),
    deleteCluster: tenantOperation(ROUTES.deleteCluster, ({ tenant, params, change }) =>
      change((act) => clusters.remove(tenant, params.cluster_id, act), accepted),
    ),
    listNodes: tenantOperation(ROUTES.listNodes, (request) =>
      listed(request, (page) => clusters.nodes(request.tenant, request.params.cluster_id, page)),
    ),
    getConnection: tenantOperation(ROUTES.getConnection, async ({ tenant, params }) =>
      resource(await clusters.connection(tenant, params.cluster_id), { 'cache-control': 'no-store' }),
    ),
    listClusterEvents: tenantOperation(ROUTES.listClusterEvents, (request) =>
      listed(request, (page) => clusters.events(request.tenant, request.params.cluster_id, page)),
    ),
    listEvents: tenantOperation(ROUTES.listEvents, (request) => listed(request, (page) => clusters.feed(request.tenant, page))),
  }
}
