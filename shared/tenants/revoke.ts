import { AppError } from '../contract/errors.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { dueShard, PLATFORM, sk, type TenantId } from '../platform/table.ts'
import { type KeyTableDeps, type KeyWrite, keyTableFor, type TenantTable, type Write } from '../platform/tenant-table.ts'
import { type KeyEntry, stateOf } from './key-record.ts'
import { keyEntryIn } from './key-store.ts'
import { expiresAfter } from './record.ts'

/** One key less that counts. */
export const uncount: Write = { kind: 'update', sk: sk.quota, update: 'ADD keys_used :less', values: { ':less': -1 } }

/**
 * The key whose place it took, where that is good for a while yet: it counts again, until it expires. Otherwise whoever makes,
 * rotates and revokes in turn has any number of keys.
 */
async function predecessor(table: Pick<TenantTable, 'get'>, { rotated_from }: KeyEntry, now: number): Promise<KeyEntry | undefined> {
  const before = rotated_from === undefined ? undefined : await keyEntryIn(table, rotated_from)
  return before && stateOf(before, now) === 'active' ? before : undefined
}

const count = ({ id, expires_at }: KeyEntry): Write => ({
  kind: 'update',
  sk: sk.key(id),
  update: 'SET counted = :yes, due_pk = :shard, due_at = :end',
  condition: 'counted = :no AND attribute_not_exists(revoked_at) AND expires_at = :end',
  values: { ':yes': true, ':no': false, ':shard': dueShard(id), ':end': expires_at },
})

function revocation({ id, tenant_id, counted }: KeyEntry, before: KeyEntry | undefined, now: number): (Write | KeyWrite)[] {
  const names = { '#expires': 'expires' }
  const values = { ':at': isoTime(now), ':ttl': expiresAfter(now) }
  return [
    {
      kind: 'update',
      keyId: id,
      update: 'SET revoked_at = :at, #expires = :ttl',
      // The role that may write keys may write all of them. One of the platform's own names no tenant.
      condition: tenant_id === PLATFORM ? 'attribute_exists(pk) AND attribute_not_exists(tenant_id)' : 'tenant_id = :tenant',
      names,
      values: { ...values, ...(tenant_id === PLATFORM ? {} : { ':tenant': tenant_id }) },
    },
    {
      kind: 'update',
      sk: sk.key(id),
      update: 'SET revoked_at = :at, counted = :no, #expires = :ttl REMOVE due_pk, due_at',
      condition: 'counted = :counted AND attribute_not_exists(revoked_at)',
      names,
      values: { ...values, ':no': false, ':counted': counted },
    },
    ...(counted ? [before ? count(before) : uncount] : []),
  ]
}

/** DynamoDB deletes what a key is looked up by and what is said of it each in its own time: of the one the other may be left. */
const passesAway = ({ expires }: KeyEntry, now: number): boolean => expires !== undefined && expires * 1000 <= now

/**
 * Ends a key: no request that begins later is let in with it. One that is revoked already, or has expired so long ago that it
 * passes away, stays as it is.
 * @throws not_found
 */
export function revokeKey(deps: KeyTableDeps & { clock: Clock }, tenant: TenantId, id: string, act?: Act<void>): Promise<Committed<void>> {
  const table = keyTableFor(deps, tenant)
  return commit({ clock: deps.clock, table }, act, async () => {
    const entry = await keyEntryIn(table, id)
    if (!entry) throw new AppError('not_found', `There is no key ${id}`)
    const now = deps.clock.now()
    const over = entry.revoked_at !== undefined || passesAway(entry, now)
    return { result: undefined, writes: over ? [] : revocation(entry, await predecessor(table, entry, now), now) }
  })
}
