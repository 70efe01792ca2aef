import { isoTime } from '../platform/clock.ts'
import { dueShard } from '../platform/table.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import type { Workflows } from '../platform/workflows.ts'
import { changeCluster } from './lease.ts'
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

/** How long a wake may go unanswered before the next. */
const AGAIN_MS = 60_000

/**
 * Notes a reason to look again. A cluster that was taken back has none but a task of it that runs all the same.
 * The cluster is due soon, should nothing come of it. Answers the cluster, or undefined when there is none left to look at.
 */
export const noteWake = (
  table: TenantTable,
  clusterId: string,
  now: number,
  { evenGone = false } = {},
): Promise<ClusterRecord | undefined> =>
  changeCluster(table, clusterId, {
    update: 'SET wake = wake + :one, due_at = :again, due_pk = :shard',
    condition: `attribute_exists(pk)${evenGone ? '' : ' AND NOT #state IN (:deleted, :failed)'}`,
    ...(evenGone ? {} : { names: { '#state': 'state' } }),
    values: {
      ...{ ':one': 1, ':again': isoTime(now + AGAIN_MS), ':shard': dueShard(clusterId) },
      ...(evenGone ? {} : { ':deleted': 'deleted', ':failed': 'failed' }),
    },
  })

/**
 * Wakes a cluster that is due: nobody came, or the one who came crashed. Its stale lease is taken away, so that the
 * stream's filter lets the change through. Who is still at work is left alone: a delete makes its cluster due earlier.
 */
export const wakeDue = (table: TenantTable, clusterId: string, now: number): Promise<ClusterRecord | undefined> =>
  changeCluster(table, clusterId, {
    update: 'SET wake = wake + :one, due_at = :again REMOVE lease_holder, lease_expires_at',
    condition: 'due_at <= :now AND (attribute_not_exists(lease_holder) OR lease_expires_at <= :now)',
    values: { ':one': 1, ':again': isoTime(now + AGAIN_MS), ':now': isoTime(now) },
  })
