import { createHash } from 'node:crypto'
import type { Cluster, ClusterAction, Node } from '../contract/cluster.ts'
import type { NodeRecord } from './node-record.ts'
import { quotaOf } from './quota.ts'
import type { ClusterRecord } from './record.ts'

/** The table does not keep the order of a map's keys, and what has not changed should be the same to the byte: its ETag says so. */
const inOrder = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** It served its tenant once, and nobody has taken it back since. */
export const serves = (cluster: ClusterRecord): boolean =>
  cluster.ready_at !== undefined && cluster.intent === 'present' && cluster.failure === undefined && cluster.state !== 'failed'

/** What is not named here is refused, and what is named is not: a delete that is under way is answered once more. */
function actionsOf(cluster: ClusterRecord): ClusterAction[] {
  const going = cluster.intent === 'absent'
  return [
    ...(going ? [] : (['update'] as const)),
    ...(isProtected(cluster) ? [] : (['delete'] as const)),
    ...(serves(cluster) ? (['connect'] as const) : []),
  ]
}

/** Whether a delete is refused; one that was taken before goes on. */
export const isProtected = ({ deletion_protection = false, intent }: ClusterRecord): boolean => deletion_protection && intent === 'present'

/** What the outside sees of a cluster. */
export const clusterView = (record: ClusterRecord): Cluster => ({
  id: record.id,
  name: record.name,
  labels: inOrder(record.labels),
  ...record.spec,
  state: record.state,
  conditions: record.conditions,
  generation: record.generation,
  observed_generation: record.observed_generation,
  node_count: quotaOf(record.spec).nodes,
  deletion_protection: record.deletion_protection ?? false,
  available_actions: record.state === 'deleted' ? [] : actionsOf(record),
  ...(record.operation_id ? { operation_id: record.operation_id } : {}),
  created_at: record.created_at,
  updated_at: record.updated_at,
  ...(record.ready_at ? { ready_at: record.ready_at } : {}),
})

function nodeState(node: NodeRecord): Node['state'] {
  if (node.address !== undefined) return 'running'
  return node.task_arn === undefined ? 'pending' : 'starting'
}

/**
 * A host as one tenant knows it: the same for all of its nodes there, another for every other tenant. The container instance's
 * ARN would tell our account, and tenants could compare it to learn whose neighbour they are.
 */
export const hostView = (tenantId: string, host: string): string =>
  `hst_${createHash('sha256').update(`${tenantId} ${host}`).digest('hex').slice(0, 16)}`

/** What the outside sees of a node. */
export const nodeView = (node: NodeRecord): Node => ({
  id: node.id,
  ordinal: node.ordinal,
  shard: node.shard,
  role: node.role,
  state: nodeState(node),
  az: node.az,
  ...(node.host ? { host: hostView(node.tenant_id, node.host) } : {}),
  ...(node.address ? { address: node.address, port: node.ports.client } : {}),
  ...(node.engine_node_id ? { engine_node_id: node.engine_node_id } : {}),
  created_at: node.created_at,
  updated_at: node.updated_at,
})
