import { AppError } from '../contract/errors.ts'
import type { TenantId } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import type { ClusterRecord } from './record.ts'
import { clusterStore } from './store.ts'

/** The cluster, unless nothing of it is left. @throws not_found */
export async function existing(deps: TableDeps, tenant: TenantId, id: string): Promise<ClusterRecord> {
  const cluster = await clusterStore(deps).get(tenant, id)
  if (!cluster || cluster.state === 'deleted') throw new AppError('not_found', `There is no cluster ${id}`)
  return cluster
}
