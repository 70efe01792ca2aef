import { AppError } from '../contract/errors.ts'
import type { Operation } from '../contract/operation.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import type { OperationRecord } from '../operations/record.ts'
import { operationStore } from '../operations/store.ts'
import { isCancelable, operationView } from '../operations/view.ts'
import type { TenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import { beginRemoval, type Removal } from './changes.ts'
import type { ClusterDeps } from './deps.ts'
import { clusterStore } from './store.ts'
import { deletion } from './transitions.ts'

/** What was canceled, and the operation that takes it back. */
export interface Canceled {
  canceled: Operation
  takenBackBy: string
}

const WHY = { code: 'canceled', message: 'Canceled on request' }

function notCancelable({ id, type, state }: OperationRecord): AppError {
  const ended = state === 'running' ? 'what is being deleted is not kept' : `it has ended: ${state}`
  return new AppError('operation_not_cancelable', `Operation ${id} (${type}) cannot be canceled: ${ended}`, { members: { state } })
}

/**
 * Takes a create back that has not ended. Whether it had ended is decided by its own item in the same transaction: a cluster
 * became ready, or it is taken back. Nothing has been served, so the cluster's protection does not stand in the way.
 * @throws operation_not_cancelable
 */
export async function cancel(deps: ClusterDeps, tenant: TenantId, id: string, act?: Act<Canceled>): Promise<Committed<Canceled>> {
  let started: Removal | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const operation = await operationStore(deps).get(tenant, id)
    if (!operation) throw new AppError('not_found', `There is no operation ${id}`)
    const before = isCancelable(operation) ? await clusterStore(deps).get(tenant, operation.cluster_id) : undefined
    // Another operation of the cluster's is the latest: a delete came in between the two looks.
    if (before?.operation_id !== id) throw notCancelable(operation)
    const { cluster, operation: takesBack, canceled, writes } = deletion(deps, before, operation, deps.clock.now(), { why: WHY })
    started = { cluster, ...(canceled ? { canceled } : {}) }
    return { result: { canceled: operationView(canceled ?? operation), takenBackBy: takesBack.id }, writes }
  })
  if ('result' in committed && started) await beginRemoval(deps, started)
  return committed
}
