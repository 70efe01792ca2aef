import { changeCluster } from '../clusters/lease.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import type { OperationRecord } from '../operations/record.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import type { Observed, Plan } from './observed.ts'
import { failOverdue, noteWork } from './progress.ts'
import { conditionsOf, sameConditions } from './status.ts'

/** Gives the lease back and notes a wake: the stream starts the successor. */
export async function handOver(table: TenantTable, cluster: ClusterRecord): Promise<void> {
  await changeCluster(table, cluster.id, {
    update: 'SET wake = wake + :one REMOVE lease_holder, lease_expires_at',
    condition: 'fence = :fence',
    values: { ':one': 1, ':fence': cluster.fence },
  })
}

export interface WrittenDown {
  /** The conditions, and with them a reason to give up, became true by this look. */
  claimed: boolean
  /** Why the operation failed, when this look found it too late. */
  overdue: OperationRecord['error']
}

/** Writes down what the plan means for the tenant: conditions, the steps of the wave, a reason to give up. */
export async function writeDown(table: TenantTable, observed: Observed, next: Plan, now: string): Promise<WrittenDown> {
  const { cluster, operation } = observed
  const conditions = conditionsOf(cluster, next, now)
  const failure = next.decision === 'give-up' ? next.failure : undefined
  // What is reached is said with the state itself, when it is settled.
  const reached = next.decision === 'settle' && next.outcome !== 'parked'
  const news = failure !== undefined || (!reached && !sameConditions(conditions, cluster.conditions))
  const claim = news
    ? changeCluster(table, cluster.id, {
        update: `SET conditions = :conditions${failure ? ', failure = :failure, failures = :none' : ''}`,
        condition: 'fence = :fence AND generation = :generation',
        values: {
          ':conditions': conditions,
          ':fence': cluster.fence,
          ':generation': cluster.generation,
          ...(failure ? { ':failure': failure, ':none': {} } : {}),
        },
      })
    : undefined
  const running = operation?.state === 'running' ? operation : undefined
  const [claimed, overdue] = await Promise.all([
    claim,
    running && failOverdue(table, cluster, running, next, now),
    running && noteWork(table, running, next, now, conditions[0]?.since ?? now),
  ])
  return { claimed: claimed !== undefined, overdue }
}
