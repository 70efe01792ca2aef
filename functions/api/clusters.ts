import type { Accepted } from '../../shared/clusters/accepted.ts'
import type { ClusterDeps } from '../../shared/clusters/deps.ts'
import { clusterService } from '../../shared/clusters/service.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { type Answer, etagOf, json, resource } from '../edge/answer.ts'
import { expectationOf } from '../edge/if-match.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'
import { hold, idAt } from './hold.ts'

const POLL_SECONDS = '1'

/** The ETag is that of the cluster as `Location` shows it, not of the cluster with its operation. */
const accepted = ({ accepted: body, cluster }: Accepted): Answer =>
  json(202, body, {
    location: `/v1/clusters/${body.id}`,
    'operation-location': `/v1/operations/${body.operation.id}`,
    ...(body.operation.state === 'running' ? { 'retry-after': POLL_SECONDS } : {}),
    etag: etagOf(JSON.stringify(cluster)),
  })

/** Positions of a list by name: what the name begins with, and the id. */
const BY_NAME = /^[^\n]{0,256}\nclu_[0-9a-z]{1,32}$/u

export function clusterOperations(deps: ClusterDeps) {
  const clusters = clusterService(deps)
  const held = (request: Parameters<typeof hold>[1], answer: Answer): Promise<Answer> => {
    const { location, 'operation-location': operationLocation } = answer.headers
    const operationId = idAt(operationLocation)
    return hold(deps, request, operationId, answer, async () =>
      accepted(await clusters.accepted(request.tenant, idAt(location), operationId)),
    )
  }
  return {
    createCluster: tenantOperation(ROUTES.createCluster, async (request) => {
      const { tenant, query, body, change } = request
      if (query.dry_run === 'true') return json(200, await clusters.preview(tenant, body))
      return held(request, await change((act) => clusters.create(tenant, body, act), accepted))
    }),
    listClusters: tenantOperation(ROUTES.listClusters, (request) => {
      const { sort, expand, limit: _limit, cursor: _cursor, ...filter } = request.query
      const form = sort === 'name' || sort === '-name' ? BY_NAME : undefined
      return listed(request, (page) => clusters.list(request.tenant, page, { filter, sort, expand }), form)
    }),
    getCluster: tenantOperation(ROUTES.getCluster, async ({ tenant, params, query: { expand } }) =>
      resource(
        await clusters.get(tenant, params.cluster_id, expand),
        expand?.includes('connection') ? { 'cache-control': 'no-store' } : {},
      ),
    ),
    updateCluster: tenantOperation(ROUTES.updateCluster, ({ tenant, params, body, header, change }) => {
      const expects = expectationOf(header('if-match'))
      return change(
        (act) => clusters.update(tenant, params.cluster_id, body, { act, expects }),
        (cluster) => resource(cluster),
      )
    }),
    deleteCluster: tenantOperation(ROUTES.deleteCluster, async (request) => {
      const { tenant, params, header, change } = request
      const expects = expectationOf(header('if-match'))
      return held(request, await change((act) => clusters.remove(tenant, params.cluster_id, { act, expects }), accepted))
    }),
    listNodes: tenantOperation(ROUTES.listNodes, (request) =>
      listed(request, (page) => clusters.nodes(request.tenant, request.params.cluster_id, page)),
    ),
    getConnection: tenantOperation(ROUTES.getConnection, async ({ tenant, params }) =>
      resource(await clusters.connection(tenant, params.cluster_id), { 'cache-control': 'no-store' }),
    ),
  }
}
