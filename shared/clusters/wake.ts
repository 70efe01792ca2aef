import type { Workflows } from '../platform/workflows.ts'
import type { ClusterRecord } from './record.ts'

/** Whether an execution acts for the cluster now; a crashed one's lease runs out. */
export const leased = (cluster: Pick<ClusterRecord, 'lease_holder' | 'lease_expires_at'>, now: string): boolean =>
  cluster.lease_holder !== undefined && (cluster.lease_expires_at ?? '') > now

/** Generation and wake name the execution: every hint for the same reason collapses into one. At most 80 characters. */
export const executionName = (cluster: Pick<ClusterRecord, 'id' | 'generation' | 'wake'>): string =>
  `${cluster.id}.${cluster.generation}.${cluster.wake}`

/**
 * Starts the loop for a cluster unless somebody is at work: the holder of the lease settles only on the wake it has seen,
 * so it will look again.
 */
export async function startWork(workflows: Workflows, cluster: ClusterRecord, now: string): Promise<void> {
  if (leased(cluster, now)) return
  await workflows.start(executionName(cluster), { tenant_id: cluster.tenant_id, cluster_id: cluster.id, turn: 0 })
}
