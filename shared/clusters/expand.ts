import type { Cluster, ExpandedCluster } from '../contract/cluster.ts'
import { operationStore } from '../operations/store.ts'
import { operationView } from '../operations/view.ts'
import type { TenantId } from '../platform/table.ts'
import { connectionOf } from './connection.ts'
import type { ClusterDeps } from './deps.ts'
import type { ClusterRecord } from './record.ts'
import { clusterStore } from './store.ts'
import { clusterView, nodeView, serves } from './view.ts'

export type Expansion = 'operation' | 'nodes' | 'connection'

type Expanded = Pick<ExpandedCluster, Expansion>

async function operationOf(deps: ClusterDeps, tenant: TenantId, { operation_id }: ClusterRecord): Promise<Expanded> {
  const operation = operation_id === undefined ? undefined : await operationStore(deps).get(tenant, operation_id)
  return operation ? { operation: operationView(operation) } : {}
}

/** One look at the nodes serves both who wants to see them and who wants to reach them. */
async function nodesOf(deps: ClusterDeps, tenant: TenantId, cluster: ClusterRecord, wanted: readonly Expansion[]): Promise<Expanded> {
  const connects = wanted.includes('connection') && serves(cluster)
  if (!connects && !wanted.includes('nodes')) return {}
  const nodes = await clusterStore(deps).allNodes(tenant, cluster.id)
  return {
    ...(wanted.includes('nodes') ? { nodes: nodes.map(nodeView) } : {}),
    ...(connects ? { connection: await connectionOf(deps, cluster, nodes) } : {}),
  }
}

/** A cluster with what was asked for beside it, one level deep. */
export async function expand(
  deps: ClusterDeps,
  tenant: TenantId,
  cluster: ClusterRecord,
  wanted: readonly Expansion[] = [],
): Promise<Cluster & Expanded> {
  const [operation, nodes] = await Promise.all([
    wanted.includes('operation') ? operationOf(deps, tenant, cluster) : {},
    nodesOf(deps, tenant, cluster, wanted),
  ])
  return { ...clusterView(cluster), ...operation, ...nodes }
}
