import { changeCluster, maySpend, readCluster, STEP_ACTS_MS } from '../clusters/lease.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { isoTime } from '../platform/clock.ts'
import { measured } from '../platform/metrics.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import type { StepDeps } from './deps.ts'
import type { StepEvent, StepName } from './model.ts'
import { noteStep } from './progress.ts'
import { NotYet, Superseded } from './steps/context.ts'
import { STEPS } from './steps/index.ts'
import { toldOfStep } from './told.ts'

const current = (cluster: ClusterRecord | undefined, event: StepEvent): cluster is ClusterRecord =>
  cluster?.fence === event.fence && cluster.generation === event.generation

async function clearFailure(table: TenantTable, cluster: ClusterRecord, step: StepName): Promise<void> {
  if (!cluster.failures[step]) return
  await changeCluster(table, cluster.id, {
    update: 'REMOVE failures.#step',
    condition: 'fence = :fence',
    names: { '#step': step },
    values: { ':fence': cluster.fence },
  })
}

/** The text of an error as Lambda passes it through the graph: `{errorType, errorMessage, trace}` in Cause. */
function messageOf(cause: string | undefined): string {
  if (cause === undefined) return 'no cause given'
  try {
    const parsed: unknown = JSON.parse(cause)
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage)
  } catch {
    // A cause of Step Functions' own is a sentence, not JSON.
  }
  return cause
}

/** Leaves the failure of a step where the planner sees it. */
async function recordFailure(deps: StepDeps, table: TenantTable, event: Extract<StepEvent, { action: 'record-failure' }>): Promise<void> {
  const cluster = await readCluster(table, event.cluster_id)
  if (!current(cluster, event)) return
  const now = deps.clock.now()
  const at = isoTime(now)
  const { name } = event.step
  const cause = messageOf(event.failure.Cause)
  const message = toldOfStep(event.failure.Error, cause)
  const before = cluster.failures[name]
  const seen = { code: event.failure.Error, count: (before?.count ?? 0) + 1, since: before?.since ?? at, at }
  const told = { tenant: cluster.tenant_id, cluster: cluster.id, step: name, ...seen, detail: message, cause }
  deps.log.warn('step failed', { ...told, ...measured(now, { StepsFailed: 1 }) })
  await changeCluster(table, cluster.id, {
    update: 'SET failures.#step = :failure',
    condition: 'fence = :fence',
    names: { '#step': name },
    values: { ':failure': { ...seen, message }, ':fence': cluster.fence },
  })
  if (cluster.operation_id) await noteStep(table, cluster.operation_id, name, { state: 'failed', at, detail: message })
}

async function runStep(deps: StepDeps, table: TenantTable, event: Extract<StepEvent, { action: 'step' }>): Promise<void> {
  const cluster = await readCluster(table, event.cluster_id)
  // The next look renews the lease, or sees who has it.
  if (!current(cluster, event) || !maySpend(cluster, STEP_ACTS_MS, deps.clock.now())) return
  const { name, ordinals } = event.step
  try {
    const detail = await STEPS[name]({ deps, table, cluster, ordinals })
    const end = { state: 'succeeded' as const, at: isoTime(deps.clock.now()), ...(detail ? { detail } : {}) }
    await Promise.all([
      clearFailure(table, cluster, name),
      cluster.operation_id ? noteStep(table, cluster.operation_id, name, end) : undefined,
    ])
  } catch (error) {
    // The next Observe sees who took over, what is wanted now, or what is waited for.
    if (!(error instanceof Superseded || error instanceof NotYet)) throw error
  }
}

/** What `functions/step` does: one step of a wave, or the note that one failed. */
export async function apply(deps: StepDeps, table: TenantTable, event: StepEvent): Promise<void> {
  if (event.action === 'record-failure') return recordFailure(deps, table, event)
  return runStep(deps, table, event)
}
