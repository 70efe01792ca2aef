import type { ClusterFilter, ClusterSort } from '../contract/cluster-query.ts'
import { Event } from '../contract/event.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { readCluster } from './lease.ts'
import { listClusters } from './list.ts'
import { NodeRecord } from './node-record.ts'
import { readNodes } from './nodes.ts'
import { QuotaRecord } from './quota.ts'
import type { ClusterRecord } from './record.ts'

/** Remembers clusters, their nodes and their events. */
export const clusterStore = (deps: TableDeps) => ({
  /** Deleted ones too, for as long as they are kept. */
  get: (tenant: TenantId, id: string): Promise<ClusterRecord | undefined> => readCluster(tableFor(deps, tenant), id),
  /** Newest first and without the deleted ones, unless it is asked for otherwise. */
  list: (tenant: TenantId, page: PageRequest, filter?: ClusterFilter, sort?: ClusterSort): Promise<PageOf<ClusterRecord>> =>
    listClusters(deps, tenant, page, filter, sort),
  /** By ordinal. */
  nodes: (tenant: TenantId, clusterId: string, page: PageRequest): Promise<PageOf<NodeRecord>> =>
    readPage(tableFor(deps, tenant), { prefix: sk.nodes(clusterId) }, page, (item) => NodeRecord.parse(item)),
  allNodes: (tenant: TenantId, clusterId: string): Promise<NodeRecord[]> => readNodes(tableFor(deps, tenant), clusterId),
  /** Of one cluster, oldest first. */
  events: (tenant: TenantId, clusterId: string, page: PageRequest): Promise<PageOf<Event>> =>
    readPage(tableFor(deps, tenant), { prefix: sk.events(clusterId) }, page, (item) => Event.parse(item)),
  quota: async (tenant: TenantId): Promise<QuotaRecord> => QuotaRecord.parse(await tableFor(deps, tenant).get(sk.quota)),
})
