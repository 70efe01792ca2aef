import type { ClusterRecord } from '../clusters/record.ts'
import { ending } from '../operations/ending.ts'
import type { OperationRecord } from '../operations/record.ts'
import { sk } from '../platform/table.ts'
import type { Change, TenantTable } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { waitedFor } from './deadline.ts'
import type { StepName } from './model.ts'
import type { Plan } from './observed.ts'

/** The tenant's view of the work must never stop the work: an operation that is over, or gone, is left as it is. Answers whether it ran. */
function changeRunning(table: TenantTable, operationId: string, change: Change): Promise<boolean> {
  return table
    .update(sk.operation(operationId), {
      ...change,
      condition: '#state = :running',
      names: { ...change.names, '#state': 'state' },
      values: { ...change.values, ':running': 'running' },
    })
    .then(() => true, unlessRefused)
}

/** Notes in the operation what is set out to be done now, and what it waits for. */
export async function noteWork(table: TenantTable, operation: OperationRecord, next: Plan, now: string, since: string): Promise<void> {
  if (next.decision === 'give-up' || !next.waiting) return
  const before = operation.waiting_for
  const same = before?.reason === next.waiting.reason && before.message === next.waiting.message
  const steps = next.decision === 'act' ? next.steps.filter(({ name }) => !operation.steps[name]) : []
  if (same && steps.length === 0) return
  const starts = steps.map((step, i) => ({ name: step.name, path: `steps.#s${i}`, value: `:s${i}` }))
  await changeRunning(table, operation.id, {
    update: `SET waiting_for = :w${starts.map(({ path, value }) => `, ${path} = if_not_exists(${path}, ${value})`).join('')}`,
    names: Object.fromEntries(starts.map(({ name }, i) => [`#s${i}`, name])),
    values: {
      ':w': { ...next.waiting, since },
      ...Object.fromEntries(starts.map(({ name, value }) => [value, { name, state: 'running', started_at: now }])),
    },
  })
}

/** Notes how a step ended. */
export async function noteStep(
  table: TenantTable,
  operationId: string,
  step: StepName,
  end: { state: 'succeeded' | 'failed'; at: string; detail?: string },
): Promise<void> {
  const reached = end.state === 'succeeded' ? ', steps.#s.reached_at = if_not_exists(steps.#s.reached_at, :at)' : ''
  await changeRunning(table, operationId, {
    update: `SET steps.#s.#st = :st, steps.#s.finished_at = :at${reached}${end.detail ? ', steps.#s.detail = :d' : ' REMOVE steps.#s.detail'}`,
    names: { '#s': step, '#st': 'state' },
    values: { ':st': end.state, ':at': end.at, ...(end.detail ? { ':d': end.detail } : {}) },
  })
}

/** How much longer than its deadline an operation that gave up may take to take everything back. */
const CLEAN_UP_GRACE_MS = 600_000

/**
 * Nothing stays "running" for ever: an operation that is still taking things back long after its deadline fails with
 * what it waits for; the work itself goes on. Answers why it failed, when it failed just now.
 */
export async function failOverdue(
  table: TenantTable,
  cluster: ClusterRecord,
  operation: OperationRecord,
  next: Plan,
  now: string,
): Promise<OperationRecord['error']> {
  const takingBack = cluster.intent === 'absent' || cluster.failure !== undefined
  const graceMs = cluster.failure ? CLEAN_UP_GRACE_MS : 0
  if (!takingBack || next.decision === 'give-up' || Date.parse(now) < Date.parse(operation.deadline_at) + graceMs) return undefined
  if (next.decision === 'settle' && next.outcome !== 'parked') return undefined
  const message = `Past the deadline still waiting for ${waitedFor(cluster, next)}; the clean-up goes on`
  const error = cluster.failure ?? { code: 'deadline_exceeded', message }
  return (await changeRunning(table, operation.id, ending({ state: 'failed', at: now, error }))) ? error : undefined
}
