import type { Cluster, ClusterCreate, ClusterPatch, Connection, ExpandedCluster, Node } from '../contract/cluster.ts'
import type { ClusterFilter, ClusterSort } from '../contract/cluster-query.ts'
import { AppError } from '../contract/errors.ts'
import type { Event } from '../contract/event.ts'
import type { Act } from '../idempotency/act.ts'
import { operationStore } from '../operations/store.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import type { TenantId } from '../platform/table.ts'
import { type Accepted, acceptedView } from './accepted.ts'
import { type Canceled, cancel } from './cancel.ts'
import { type Asked, create, remove, update } from './changes.ts'
import { connectionOf } from './connection.ts'
import type { ClusterDeps } from './deps.ts'
import { existing } from './existing.ts'
import { type Expansion, expand } from './expand.ts'
import { preview } from './preview.ts'
import { clusterStore } from './store.ts'
import { nodeView } from './view.ts'

/** What a list is asked for, beside its page. */
export interface Wanted {
  filter?: ClusterFilter
  sort?: ClusterSort | undefined
  expand?: readonly Expansion[] | undefined
}

async function connection(deps: ClusterDeps, tenant: TenantId, id: string): Promise<Connection> {
  const [cluster, nodes] = await Promise.all([existing(deps, tenant, id), clusterStore(deps).allNodes(tenant, id)])
  return connectionOf(deps, cluster, nodes)
}

async function list(deps: ClusterDeps, tenant: TenantId, page: PageRequest, wanted: Wanted): Promise<PageOf<ExpandedCluster>> {
  const { items, ...rest } = await clusterStore(deps).list(tenant, page, wanted.filter, wanted.sort)
  return { ...rest, items: await sideBySide(items, (cluster) => expand(deps, tenant, cluster, wanted.expand)) }
}

/** A cluster and an operation on it as they are by now, also when nothing of the cluster is left. */
async function accepted(deps: ClusterDeps, tenant: TenantId, id: string, operationId: string): Promise<Accepted> {
  const [cluster, operation] = await Promise.all([clusterStore(deps).get(tenant, id), operationStore(deps).get(tenant, operationId)])
  if (!cluster || !operation) throw new AppError('not_found', `There is no cluster ${id}`)
  return acceptedView(cluster, operation)
}

/** Decides over a tenant's clusters. Refusals are AppErrors; a foreign or deleted cluster is `not_found`. */
export const clusterService = (deps: ClusterDeps) => ({
  create: (tenant: TenantId, request: ClusterCreate, act?: Act<Accepted>) => create(deps, tenant, request, act),
  /** What a create would do, with nothing done. */
  preview: (tenant: TenantId, request: ClusterCreate) => preview(deps, tenant, request),
  update: (tenant: TenantId, id: string, patch: ClusterPatch, asked: Asked<Cluster> = {}) => update(deps, tenant, id, patch, asked),
  /** Wins over whatever is under way, a create included. */
  remove: (tenant: TenantId, id: string, asked: Asked<Accepted> & { evenProtected?: boolean } = {}) => remove(deps, tenant, id, asked),
  cancel: (tenant: TenantId, operationId: string, act?: Act<Canceled>) => cancel(deps, tenant, operationId, act),
  accepted: (tenant: TenantId, id: string, operationId: string) => accepted(deps, tenant, id, operationId),
  get: async (tenant: TenantId, id: string, wanted?: readonly Expansion[]): Promise<ExpandedCluster> =>
    expand(deps, tenant, await existing(deps, tenant, id), wanted),
  list: (tenant: TenantId, page: PageRequest, wanted: Wanted = {}) => list(deps, tenant, page, wanted),
  nodes: async (tenant: TenantId, id: string, page: PageRequest): Promise<PageOf<Node>> => {
    const [, { items, ...rest }] = await Promise.all([existing(deps, tenant, id), clusterStore(deps).nodes(tenant, id, page)])
    return { ...rest, items: items.map(nodeView) }
  },
  connection: (tenant: TenantId, id: string) => connection(deps, tenant, id),
  /** Oldest first; of a deleted cluster too, for as long as it is kept. */
  events: async (tenant: TenantId, id: string, page: PageRequest): Promise<PageOf<Event>> => {
    const clusters = clusterStore(deps)
    const [cluster, events] = await Promise.all([clusters.get(tenant, id), clusters.events(tenant, id, page)])
    if (!cluster) throw new AppError('not_found', `There is no cluster ${id}`)
    return events
  },
})
