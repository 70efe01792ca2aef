import { type DueDeps, type DueItem, dueItems, takeDue } from '../platform/due.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { PLATFORM, tenantOf } from '../platform/table.ts'
import { TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import { establish } from './create.ts'
import { DirectoryEntry } from './record.ts'
import { uncount } from './revoke.ts'
import { type TakeDownDeps, takeDown } from './take-down.ts'

export type TenantSweepDeps = TakeDownDeps & DueDeps

/** Of each shard, each minute. */
const TENANTS = 25
const KEYS = 250
const AT_ONCE = 5
const AGAIN_MS = 60_000

/** In the directory: a tenant that is not made yet. In a tenant's own partition: one that is to go. */
async function finishTenant(deps: TenantSweepDeps, item: DueItem, now: number): Promise<boolean> {
  const tenant = tenantOf(item.pk)
  const taken = tenant && (await takeDue(tableFor(deps, tenant), item, now + AGAIN_MS))
  if (!taken) return false
  if (tenant !== PLATFORM) return takeDown(deps, tenant)
  const { founding } = DirectoryEntry.parse(taken)
  if (founding) await establish(deps, founding)
  return founding !== undefined
}

/** A key that has expired counts no more. */
async function uncountKey(deps: TenantSweepDeps, item: DueItem): Promise<boolean> {
  const tenant = tenantOf(item.pk)
  if (!tenant) return false
  try {
    await tableFor(deps, tenant).transact([
      {
        kind: 'update',
        sk: item.sk,
        update: 'SET counted = :no REMOVE due_pk, due_at',
        condition: 'counted = :yes AND due_at = :seen',
        values: { ':no': false, ':yes': true, ':seen': item.due_at },
      },
      uncount,
    ])
    return true
  } catch (error) {
    // Rotated or revoked in the meantime; whatever else it is, the key is still due the next minute.
    if (error instanceof TransactionRefused) return false
    throw error
  }
}

async function finishTenants(deps: TenantSweepDeps, now: number): Promise<boolean[]> {
  const due = await dueItems(deps, { now, kind: 'tenant', limit: TENANTS })
  return sideBySide(due, (item) => finishTenant(deps, item, now), AT_ONCE)
}

async function uncountKeys(deps: TenantSweepDeps, now: number): Promise<boolean[]> {
  const due = await dueItems(deps, { now, kind: 'key', limit: KEYS })
  return sideBySide(due, (item) => uncountKey(deps, item), AT_ONCE)
}

/**
 * Finishes what was begun with tenants and is due, and gives back the count of keys that have expired: each whatever happens to
 * the other. Answers how many of both.
 */
export async function sweepTenants(deps: TenantSweepDeps, now: number): Promise<number> {
  const ends = await Promise.allSettled([finishTenants(deps, now), uncountKeys(deps, now)])
  const done = ends.flatMap((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
  return done.filter(Boolean).length
}
