import { readCluster } from '../clusters/lease.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { tellEnded } from '../operations/ended.ts'
import { OperationRecord } from '../operations/record.ts'
import { pastConflicts } from '../platform/conflict.ts'
import { sk } from '../platform/table.ts'
import { type TenantTable, TransactionRefused } from '../platform/tenant-table.ts'
import type { ObserveDeps } from './deps.ts'
import { type SettleEvent, settleWrites } from './settle-writes.ts'

async function readOperation(table: TenantTable, { operation_id }: ClusterRecord): Promise<OperationRecord | undefined> {
  return operation_id ? OperationRecord.optional().parse(await table.get(sk.operation(operation_id))) : undefined
}

/**
 * Ends a turn in one transaction: state, operation, event and quota together, and the lease given back.
 * @returns false when something happened since the look that decided it: look again.
 */
export async function settle(deps: Pick<ObserveDeps, 'clock' | 'newId' | 'log'>, table: TenantTable, event: SettleEvent): Promise<boolean> {
  const cluster = await readCluster(table, event.cluster_id)
  if (!cluster) return true
  // A retried call whose first answer was lost: the lease is given back already.
  if (cluster.lease_holder !== event.execution) return true
  const operation = event.outcome === 'parked' ? undefined : await readOperation(table, cluster)
  const { writes, ended } = settleWrites(deps, event, cluster, operation)
  try {
    await pastConflicts(deps.clock, () => table.transact(writes))
    if (ended) tellEnded(deps.log, ended)
    return true
  } catch (error) {
    if (error instanceof TransactionRefused) return false
    throw error
  }
}
