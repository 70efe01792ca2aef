import { isoTime } from '../platform/clock.ts'
import type { Observed, Plan } from './observed.ts'

/**
 * Gives up what is not ready when its operation's deadline has passed, with what it was waiting for; and lets nobody
 * sleep beyond it.
 */
export function withinDeadline({ operation }: Observed, plan: Plan, now: number): Plan {
  if (operation?.state !== 'running' || plan.decision === 'give-up') return plan
  if (plan.decision === 'settle' && plan.outcome !== 'parked') return plan
  const deadline = Date.parse(operation.deadline_at)
  if (now >= deadline) {
    const seconds = Math.round((deadline - Date.parse(operation.created_at)) / 1000)
    const message = `The cluster was not ready after ${seconds} s: it was waiting for ${plan.waiting?.message ?? 'nothing'}`
    return { decision: 'give-up', failure: { code: 'deadline_exceeded', message } }
  }
  if (plan.decision !== 'settle') return plan
  return { ...plan, dueAt: isoTime(Math.min(deadline, Date.parse(plan.dueAt ?? operation.deadline_at))) }
}
