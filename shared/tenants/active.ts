import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { TenantId } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import { tenantStore } from './store.ts'
import { tenantSuspended } from './suspended.ts'

/**
 * Refuses a change that a tenant may not make now.
 * @throws tenant_suspended, tenant_deleting
 */
export async function assertActive(deps: TableDeps & { clock: Clock }, tenant: TenantId): Promise<void> {
  const record = await tenantStore(deps).get(tenant)
  if (record?.state === 'active') return
  if (record?.state === 'suspended') throw tenantSuspended()
  throw new AppError('tenant_deleting', 'The tenant is being deleted: nothing of it can be changed any more')
}
