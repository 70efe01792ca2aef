import type { ClusterRecord } from '../clusters/record.ts'
import type { Plan, Waiting } from './observed.ts'

type Condition = ClusterRecord['conditions'][number]

function waitingOf(plan: Plan): Waiting | undefined {
  if (plan.decision === 'give-up') return { reason: 'Failed', message: plan.failure.message }
  return plan.waiting
}

/**
 * The condition `Ready` as it follows from the plan; recomputed every time, never incremented, cannot fail.
 * `since` moves only when the claim changes, so a look that finds nothing new changes nothing.
 */
export function conditionsOf(cluster: Pick<ClusterRecord, 'conditions'>, plan: Plan, now: string): Condition[] {
  const waiting = waitingOf(plan)
  const ready: Omit<Condition, 'since'> = waiting
    ? { type: 'Ready', status: false, reason: waiting.reason, message: `Waiting for ${waiting.message}` }
    : { type: 'Ready', status: true, reason: 'Verified', message: 'Every node agrees on the ring, and it takes writes and reads' }
  const before = cluster.conditions.find((condition) => condition.type === ready.type)
  const same = before?.status === ready.status && before.reason === ready.reason
  return [{ ...ready, since: same && before ? before.since : now }]
}

export const sameConditions = (a: Condition[], b: Condition[]): boolean => JSON.stringify(a) === JSON.stringify(b)
