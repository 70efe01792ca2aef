import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'

/**
 * The tenant's suspension as `QUOTA` repeats it. What makes something counts it there in the same transaction, so that a
 * request that was let in before the suspension makes nothing after it, and no write is needed for that. Other changes share no
 * item: a check of one in each of them would put all changes of a tenant in each other's way.
 */
export const Suspendable = z.object({ suspended: z.boolean().optional() })
type Suspendable = z.infer<typeof Suspendable>

/** Part of the condition of who counts. */
export const NOT_SUSPENDED = 'attribute_not_exists(suspended)'

export const tenantSuspended = (): AppError =>
  new AppError('tenant_suspended', 'The tenant is suspended: reads go on, changes do not; ask the platform to resume it')

/** @throws tenant_suspended */
export function assertNotSuspended({ suspended }: Suspendable): void {
  if (suspended) throw tenantSuspended()
}

export const setSuspended = (suspended: boolean): Write => ({
  kind: 'update',
  sk: sk.quota,
  condition: 'attribute_exists(sk)',
  ...(suspended ? { update: 'SET suspended = :yes', values: { ':yes': true } } : { update: 'REMOVE suspended' }),
})
