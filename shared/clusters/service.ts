import type { AcceptedCluster, Cluster, ClusterCreate, Connection, Node } from '../contract/cluster.ts'
import { AppError } from '../contract/errors.ts'
import type { Event } from '../contract/event.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import type { OperationRecord } from '../operations/record.ts'
import { operationStore } from '../operations/store.ts'
import { operationView } from '../operations/view.ts'
import type { Clock } from '../platform/clock.ts'
import type { HostClass } from '../platform/env.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import type { Log } from '../platform/log.ts'
import type { TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { admit } from './admission.ts'
import { type ConnectionDeps, connectionOf } from './connection.ts'
import { reserveQuota } from './quota.ts'
import type { ClusterRecord } from './record.ts'
import { clusterStore } from './store.ts'
import { creation, deletion, type TransitionDeps } from './transitions.ts'
import { clusterView, nodeView } from './view.ts'

export interface ClusterDeps extends TableDeps, TransitionDeps, ConnectionDeps {
  clock: Clock
  log: Log
  hostClasses: HostClass[]
  /** Starts the loop at once. Only a hint: the table's stream starts it too. */
  startWork(cluster: ClusterRecord): Promise<void>
}

/** What was accepted, and the cluster as it looks by itself. */
export interface Accepted {
  accepted: AcceptedCluster
  cluster: Cluster
}

const acceptedView = (record: ClusterRecord, operation: OperationRecord): Accepted => {
  const cluster = clusterView(record)
  return { accepted: { ...cluster, operation: operationView(operation) }, cluster }
}

async function hint(deps: ClusterDeps, cluster: ClusterRecord): Promise<void> {
  try {
    await deps.startWork(cluster)
  } catch (error) {
    deps.log.error('start hint failed; the stream starts the work', error, { cluster: cluster.id })
  }
}

async function existing(deps: ClusterDeps, tenant: TenantId, id: string): Promise<ClusterRecord> {
  const cluster = await clusterStore(deps).get(tenant, id)
  if (!cluster || cluster.state === 'deleted') throw new AppError('not_found', `There is no cluster ${id}`)
  return cluster
}

async function create(deps: ClusterDeps, tenant: TenantId, request: ClusterCreate, act?: Act<Accepted>): Promise<Committed<Accepted>> {
  const spec = admit(deps.hostClasses, request)
  let started: ClusterRecord | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const quota = reserveQuota(await clusterStore(deps).quota(tenant), spec)
    const { cluster, operation, writes } = creation(deps, tenant, request, spec, deps.clock.now())
    started = cluster
    return { result: acceptedView(cluster, operation), writes: [...writes, quota] }
  })
  if ('result' in committed && started) await hint(deps, started)
  return committed
}

/** A delete under way is answered as it is; one that gave up is begun again. */
async function remove(deps: ClusterDeps, tenant: TenantId, id: string, act?: Act<Accepted>): Promise<Committed<Accepted>> {
  let started: ClusterRecord | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const before = await existing(deps, tenant, id)
    const underWay = before.operation_id ? await operationStore(deps).get(tenant, before.operation_id) : undefined
    if (before.intent === 'absent' && underWay?.state === 'running') return { result: acceptedView(before, underWay), writes: [] }
    const { cluster, operation, writes } = deletion(deps, before, underWay, deps.clock.now())
    started = cluster
    return { result: acceptedView(cluster, operation), writes }
  })
  if ('result' in committed && started) await hint(deps, started)
  return committed
}

async function connection(deps: ClusterDeps, tenant: TenantId, id: string): Promise<Connection> {
  const cluster = await existing(deps, tenant, id)
  return connectionOf(deps, cluster, await clusterStore(deps).allNodes(tenant, id))
}

/** Decides over a tenant's clusters. Refusals are AppErrors; a foreign or deleted cluster is `not_found`. */
export const clusterService = (deps: ClusterDeps) => ({
  create: (tenant: TenantId, request: ClusterCreate, act?: Act<Accepted>) => create(deps, tenant, request, act),
  /** Always wins, also over a create under way. */
  remove: (tenant: TenantId, id: string, act?: Act<Accepted>) => remove(deps, tenant, id, act),
  get: async (tenant: TenantId, id: string): Promise<Cluster> => clusterView(await existing(deps, tenant, id)),
  /** Newest first, without the deleted ones. */
  list: async (tenant: TenantId, page: PageRequest): Promise<PageOf<Cluster>> => {
    const { items, ...rest } = await clusterStore(deps).list(tenant, page)
    return { ...rest, items: items.map(clusterView) }
  },
  nodes: async (tenant: TenantId, id: string, page: PageRequest): Promise<PageOf<Node>> => {
    await existing(deps, tenant, id)
    const { items, ...rest } = await clusterStore(deps).nodes(tenant, id, page)
    return { ...rest, items: items.map(nodeView) }
  },
  connection: (tenant: TenantId, id: string) => connection(deps, tenant, id),
  /** Oldest first; of a deleted cluster too, for as long as it is kept. */
  events: async (tenant: TenantId, id: string, page: PageRequest): Promise<PageOf<Event>> => {
    const cluster = await clusterStore(deps).get(tenant, id)
    if (!cluster) throw new AppError('not_found', `There is no cluster ${id}`)
    return clusterStore(deps).events(tenant, id, page)
  },
  /** The events of all clusters in order. Every page that has events says where to go on: a reader keeps its place and asks again. */
  feed: async (tenant: TenantId, page: PageRequest): Promise<PageOf<Event>> => {
    const found = await clusterStore(deps).feed(tenant, page)
    return { ...found, ...(found.last ? { next: found.last } : {}) }
  },
})
