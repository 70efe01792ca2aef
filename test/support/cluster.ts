import type { ClusterRecord } from '../../shared/clusters/record.ts'
import type { OperationRecord } from '../../shared/operations/record.ts'
import { isoTime } from '../../shared/platform/clock.ts'
import { dueShard, sk } from '../../shared/platform/table.ts'
import type { TenantTable } from '../../shared/platform/tenant-table.ts'

export const START = Date.parse('2026-01-01T00:00:00.000Z')

/** A cluster as the create transaction leaves it. */
export const newCluster = (id: string, changes: Partial<ClusterRecord> = {}): ClusterRecord => ({
  tenant_id: 'ten_a',
  id,
  name: 'orders',
  labels: {},
  spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1, size: '256m', azs: ['a', 'b', 'c'], durability: 'replicated' },
  network: 'own',
  intent: 'present',
  state: 'creating',
  conditions: [],
  generation: 1,
  observed_generation: 0,
  version: 1,
  wake: 1,
  fence: 0,
  operation_id: `op_${id}`,
  resources: {},
  failures: {},
  due_pk: dueShard(id),
  due_at: isoTime(START + 60_000),
  created_at: isoTime(START),
  updated_at: isoTime(START),
  ...changes,
})

export const newOperation = (clusterId: string, now = START): OperationRecord => ({
  tenant_id: 'ten_a',
  id: `op_${clusterId}`,
  type: 'create',
  cluster_id: clusterId,
  state: 'running',
  steps: {},
  deadline_at: isoTime(now + 900_000),
  created_at: isoTime(now),
})

/** Writes a cluster with its operation and the quota it holds (6 nodes of 256 MiB). */
export async function givenCluster(table: TenantTable, cluster: ClusterRecord, now = START): Promise<ClusterRecord> {
  await table.put(sk.cluster(cluster.id), cluster)
  await table.put(sk.operation(`op_${cluster.id}`), newOperation(cluster.id, now))
  await table.put(sk.quota, { clusters_used: 1, nodes_used: 6, memory_mib_used: 1536 })
  return cluster
}
