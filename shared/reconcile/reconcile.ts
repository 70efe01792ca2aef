import { changeCluster, holdLease } from '../clusters/lease.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { isoTime } from '../platform/clock.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import type { ObserveDeps } from './deps.ts'
import type { Decision, ObserveEvent } from './model.ts'
import { observe } from './observe.ts'
import type { Observed, Plan } from './observed.ts'
import { plan } from './plan.ts'
import { failOverdue, noteWork } from './progress.ts'
import { settle } from './settle.ts'
import { conditionsOf, sameConditions } from './status.ts'

/** An execution may hold 25,000 events of history; after so many turns it leaves the rest to a successor. */
const MAX_TURNS = 50

type Turn = Pick<ObserveEvent, 'tenant_id' | 'cluster_id' | 'turn'>

const decided = (turn: Turn, cluster: Pick<ClusterRecord, 'fence' | 'generation' | 'wake'>, decision: Partial<Decision>): Decision => ({
  tenant_id: turn.tenant_id,
  cluster_id: turn.cluster_id,
  turn: turn.turn + 1,
  fence: cluster.fence,
  generation: cluster.generation,
  wake: cluster.wake,
  decision: 'end',
  steps: [],
  outcome: 'parked',
  due_at: null,
  seconds: 0,
  ...decision,
})

const nobody = { fence: 0, generation: 0, wake: 0 }

/** Gives the lease back and notes a wake: the stream starts the successor. */
async function handOver(table: TenantTable, cluster: ClusterRecord): Promise<void> {
  await changeCluster(table, cluster.id, {
    update: 'SET wake = wake + :one REMOVE lease_holder, lease_expires_at',
    condition: 'fence = :fence',
    values: { ':one': 1, ':fence': cluster.fence },
  })
}

/** Writes down what the plan means for the tenant: conditions, the steps of the wave, a reason to give up. */
async function record(table: TenantTable, observed: Observed, next: Plan, now: string): Promise<void> {
  const { cluster, operation } = observed
  const conditions = conditionsOf(cluster, next, now)
  const failure = next.decision === 'give-up' ? next.failure : undefined
  // What is reached is said with the state itself, when it is settled.
  const reached = next.decision === 'settle' && next.outcome !== 'parked'
  const writes: Promise<unknown>[] = []
  if (failure || (!reached && !sameConditions(conditions, cluster.conditions))) {
    writes.push(
      changeCluster(table, cluster.id, {
        update: `SET conditions = :conditions${failure ? ', failure = :failure, failures = :none' : ''}`,
        condition: 'fence = :fence AND generation = :generation',
        values: {
          ':conditions': conditions,
          ':fence': cluster.fence,
          ':generation': cluster.generation,
          ...(failure ? { ':failure': failure, ':none': {} } : {}),
        },
      }),
    )
  }
  if (operation?.state === 'running') {
    writes.push(noteWork(table, operation, next, now, conditions[0]?.since ?? now), failOverdue(table, cluster, operation, next, now))
  }
  await Promise.all(writes)
}

/** One turn: take the lease, look, plan, write down what is planned, and say what the graph does next. */
async function look(deps: ObserveDeps, table: TenantTable, event: Extract<ObserveEvent, { action: 'observe' }>): Promise<Decision> {
  const now = deps.clock.now()
  const cluster = await holdLease(table, event.cluster_id, event.execution, now)
  if (!cluster) return decided(event, nobody, { decision: 'end' })
  if (event.turn >= MAX_TURNS) {
    await handOver(table, cluster)
    return decided(event, cluster, { decision: 'end' })
  }
  const observed = await observe(deps, table, cluster)
  const next = plan(observed, now, event.turn)
  await record(table, observed, next, isoTime(now))
  if (next.decision === 'act') return decided(event, cluster, { decision: 'act', steps: next.steps })
  if (next.decision === 'pause') return decided(event, cluster, { decision: 'pause', seconds: next.seconds })
  if (next.decision === 'give-up') return decided(event, cluster, { decision: 'again' })
  return decided(event, cluster, { decision: 'settle', outcome: next.outcome, due_at: next.dueAt })
}

/** What `functions/observe` does: one look, or the end of a turn. */
export async function reconcile(deps: ObserveDeps, table: TenantTable, event: ObserveEvent): Promise<Decision> {
  if (event.action === 'observe') return look(deps, table, event)
  const settled = await settle(deps, table, event)
  return decided(event, event, { decision: settled ? 'end' : 'again' })
}
