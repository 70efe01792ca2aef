import type { ClusterRecord } from '../clusters/record.ts'
import { isoTime } from '../platform/clock.ts'
import type { Observed, Plan } from './observed.ts'

/** What a plan waits for, with what its steps have failed with so far: a clause that can follow "waiting for". */
export function waitedFor({ failures }: Pick<ClusterRecord, 'failures'>, plan: Exclude<Plan, { decision: 'give-up' }>): string {
  const [failed] = plan.decision === 'act' ? plan.steps.filter(({ name }) => failures[name]) : []
  const reason = failed ? ` (${failed.name}: ${failures[failed.name]?.message})` : ''
  return `${plan.waiting?.message ?? 'nothing'}${reason}`
}

/**
 * Gives up what is not ready when its operation's deadline has passed, with what it was waiting for; and lets nobody
 * sleep beyond it.
 */
export function withinDeadline({ cluster, operation }: Observed, plan: Plan, now: number): Plan {
  if (operation?.state !== 'running' || plan.decision === 'give-up') return plan
  if (plan.decision === 'settle' && plan.outcome !== 'parked') return plan
  const deadline = Date.parse(operation.deadline_at)
  if (now >= deadline) {
    const seconds = Math.round((deadline - Date.parse(operation.created_at)) / 1000)
    const message = `The cluster was not ready after ${seconds} s: it was waiting for ${waitedFor(cluster, plan)}`
    return { decision: 'give-up', failure: { code: 'deadline_exceeded', message } }
  }
  if (plan.decision !== 'settle') return plan
  return { ...plan, dueAt: isoTime(Math.min(deadline, Date.parse(plan.dueAt ?? operation.deadline_at))) }
}
