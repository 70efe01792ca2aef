import { holdLease } from '../clusters/lease.ts'
import { isoTime } from '../platform/clock.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import { decided, nobody } from './decide.ts'
import type { ObserveDeps } from './deps.ts'
import { tellLook } from './measure.ts'
import type { Decision, ObserveEvent } from './model.ts'
import { observe } from './observe.ts'
import { plan } from './plan.ts'
import { settle } from './settle.ts'
import { handOver, writeDown } from './write-down.ts'

/** An execution may hold 25,000 events of history; after so many turns it leaves the rest to a successor. */
const MAX_TURNS = 50

/** One turn: take the lease, look, plan, write down what is planned, and say what the graph does next. */
async function look(deps: ObserveDeps, table: TenantTable, event: Extract<ObserveEvent, { action: 'observe' }>): Promise<Decision> {
  const now = deps.clock.now()
  const cluster = await holdLease(table, event.cluster_id, event.execution, now)
  if (!cluster) return decided(event, nobody, { decision: 'end' })
  if (event.turn >= MAX_TURNS) {
    await handOver(table, cluster)
    return decided(event, cluster, { decision: 'end' })
  }
  const observed = await observe(deps, table, cluster, event.turn)
  const next = plan(observed, now, event.turn)
  tellLook(deps.log, observed, next, await writeDown(table, observed, next, isoTime(now)), now)
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
