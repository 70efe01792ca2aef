import type { Actor } from '../contract/audit.ts'
import { AppError } from '../contract/errors.ts'
import type { KeyCreate, KeyWithSecret, TenantScope } from '../contract/key.ts'
import type { Act } from '../idempotency/act.ts'
import { commit } from '../idempotency/commit.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { keyTableFor, type TenantTable, type Write } from '../platform/tenant-table.ts'
import { noSuchTenant } from './change.ts'
import { expiryOf, type KeyDeps, newKey } from './new-key.ts'
import { shownOnce } from './shown-once.ts'
import { seenIn, staying } from './store.ts'
import { tenantSuspended } from './suspended.ts'
import type { Seen } from './view.ts'

const DEFAULT_SCOPES: TenantScope[] = ['read', 'write', 'credentials']

/** The platform goes on making a suspended tenant's keys; the tenant itself makes none. */
export const orderedBy = (by: Actor | undefined) => ({ evenSuspended: by?.platform !== false })

/**
 * A tenant that may still get keys.
 * @throws not_found, tenant_suspended, tenant_deleting
 */
export async function tenantToStay(
  table: Pick<TenantTable, 'get' | 'tenant'>,
  { evenSuspended }: ReturnType<typeof orderedBy>,
): Promise<Seen> {
  const seen = await seenIn(table)
  if (!seen) throw noSuchTenant(table.tenant)
  const { id, state } = seen.record
  if (state === 'suspended' && !evenSuspended) throw tenantSuspended()
  if (state === 'active' || state === 'suspended') return seen
  throw new AppError('tenant_deleting', `Tenant ${id} is ${state}: it gets no more keys`)
}

/** @throws quota_exceeded */
function room({ quota: { keys_used: used, keys_limit: limit } }: Seen): Write {
  if (used >= limit) {
    const members = { quota: 'keys', used, limit, requested: 1 }
    throw new AppError('quota_exceeded', `The tenant has ${used} of ${limit} keys: revoke one first, or rotate one`, { members })
  }
  return { kind: 'update', sk: sk.quota, update: 'ADD keys_used :one', condition: 'keys_used < keys_limit', values: { ':one': 1 } }
}

/**
 * Makes a key for a tenant. The answer holds the key itself, for the only time; `act` must not keep it.
 * @throws not_found, tenant_suspended, tenant_deleting, quota_exceeded, out_of_range when the key would have expired already, secret_shown_once
 *   when it was made by an earlier request
 */
export async function issueTenantKey(
  deps: KeyDeps,
  tenant: TenantId,
  body: KeyCreate,
  by?: Actor,
  act?: Act<KeyWithSecret>,
): Promise<KeyWithSecret> {
  const table = keyTableFor(deps, tenant)
  return shownOnce(
    await commit({ clock: deps.clock, table }, act, async () => {
      const expires_at = expiryOf(deps.clock.now(), body.expires_at)
      const taken = room(await tenantToStay(table, orderedBy(by)))
      const scopes = body.scopes ?? DEFAULT_SCOPES
      const { shown, writes } = newKey(deps, tenant, { name: body.name, mode: body.mode ?? 'live', scopes, expires_at, by })
      return { result: shown, writes: [...writes, taken, staying(orderedBy(by))] }
    }),
  )
}
