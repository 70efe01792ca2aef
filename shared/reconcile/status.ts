import type { ClusterRecord } from '../clusters/record.ts'
import type { Plan, Waiting } from './observed.ts'

type Condition = ClusterRecord['conditions'][number]
type Claim = Pick<Condition, 'status' | 'reason' | 'message'>

const failed = (failure: ClusterRecord['failure']): Claim => ({
  status: false,
  reason: 'Failed',
  message: failure?.message ?? 'The operation failed',
})
const waits = ({ reason, message, serves }: Waiting): Claim => ({ status: serves === true, reason, message: `Waiting for ${message}` })

function claimOf(cluster: Pick<ClusterRecord, 'failure'>, plan: Plan): Claim {
  if (plan.decision === 'give-up') return failed(plan.failure)
  if (plan.decision !== 'settle') return waits(plan.waiting)
  if (plan.waiting) return waits(plan.waiting)
  if (plan.outcome === 'failed') return failed(cluster.failure)
  if (plan.outcome === 'deleted') return { status: false, reason: 'Deleted', message: 'Nothing of the cluster is left' }
  return { status: true, reason: 'Verified', message: 'Every node agrees on the ring, and it takes writes and reads' }
}

/**
 * The condition `Ready` as it follows from the plan; recomputed every time, never incremented, cannot fail.
 * `since` moves only when the claim changes, so a look that finds nothing new changes nothing.
 */
export function conditionsOf(cluster: Pick<ClusterRecord, 'conditions' | 'failure'>, plan: Plan, now: string): Condition[] {
  const ready = { type: 'Ready', ...claimOf(cluster, plan) }
  const before = cluster.conditions.find((condition) => condition.type === ready.type)
  const same = before?.status === ready.status && before.reason === ready.reason
  return [{ ...ready, since: same && before ? before.since : now }]
}

export const sameConditions = (a: Condition[], b: Condition[]): boolean => JSON.stringify(a) === JSON.stringify(b)
