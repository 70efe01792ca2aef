import type { ClusterRecord } from '../clusters/record.ts'
import { REASONS } from './conditions.ts'
import type { Plan } from './observed.ts'

/** Longest pause between two tries of a failing step. */
const MAX_MS = 30_000

/**
 * Holds back the steps of a wave that failed a moment ago: 1 s, 2 s, 4 s ... 30 s after each failure. What is left is
 * done; when nothing is left, the plan is to pause until the first may be tried again.
 */
export function backOff(cluster: ClusterRecord, plan: Plan, now: number): Plan {
  if (plan.decision !== 'act') return plan
  const held = plan.steps.flatMap((step) => {
    const failure = cluster.failures[step.name]
    if (!failure) return []
    const leftMs = Date.parse(failure.at) + Math.min(MAX_MS, 1000 * 2 ** (failure.count - 1)) - now
    return leftMs > 0 ? [{ step, leftMs, failure }] : []
  })
  const steps = plan.steps.filter((step) => !held.some((h) => h.step === step))
  const [first] = held.sort((a, b) => a.leftMs - b.leftMs)
  if (steps.length > 0 || !first) return { ...plan, steps }
  const message = `${REASONS.BackingOff} (${first.step.name}: ${first.failure.message})`
  return { decision: 'pause', seconds: Math.ceil(first.leftMs / 1000), waiting: { reason: 'BackingOff', message } }
}
