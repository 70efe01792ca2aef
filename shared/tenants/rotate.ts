import type { Actor } from '../contract/audit.ts'
import { AppError } from '../contract/errors.ts'
import { DEFAULT_OVERLAP, type KeyRotate, type KeyWithSecret } from '../contract/key.ts'
import type { Act } from '../idempotency/act.ts'
import { commit } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type KeyWrite, keyTableFor, type TenantTable, type Write } from '../platform/tenant-table.ts'
import { type KeyEntry, stateOf } from './key-record.ts'
import { keyEntryIn } from './key-store.ts'
import { orderedBy, tenantToStay } from './keys.ts'
import { expiryOf, type KeyDeps, newKey } from './new-key.ts'
import { expiresAfter } from './record.ts'
import { shownOnce } from './shown-once.ts'
import { staying } from './store.ts'

/** @throws not_found, key_not_active */
async function active(table: Pick<TenantTable, 'get'>, id: string, now: number): Promise<KeyEntry> {
  const entry = await keyEntryIn(table, id)
  if (!entry) throw new AppError('not_found', `There is no key ${id}`)
  const state = stateOf(entry, now)
  if (state !== 'active') throw new AppError('key_not_active', `Key ${id} is ${state}: make another instead`)
  if (entry.rotated_to === undefined) return entry
  throw new AppError('key_not_active', `Key ${id} has a successor, ${entry.rotated_to}: rotate that one`)
}

/**
 * Of three keys in a row at most two are good.
 * @throws secret_rotating
 */
async function assertAlone(table: Pick<TenantTable, 'get'>, { id, rotated_from }: KeyEntry, now: number): Promise<void> {
  const before = rotated_from === undefined ? undefined : await keyEntryIn(table, rotated_from)
  if (!before || stateOf(before, now) !== 'active') return
  const detail = `Key ${before.id}, whose place ${id} takes, is good until ${before.expires_at}: revoke it, or wait`
  throw new AppError('secret_rotating', detail, { members: { key_id: before.id } })
}

const endOf = ({ expires_at }: Pick<KeyEntry, 'expires_at'>): number =>
  expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires_at)

/** The old key ends, and the count goes over to its successor: it does not outlive that. */
function ending(before: KeyEntry, successor: KeyWithSecret, at: number): (Write | KeyWrite)[] {
  const end = Math.min(at, endOf(before), endOf(successor))
  const values = { ':end': isoTime(end), ':ttl': expiresAfter(end) }
  const names = { '#expires': 'expires' }
  return [
    {
      kind: 'update',
      sk: sk.key(before.id),
      update: 'SET expires_at = :end, rotated_to = :successor, counted = :no, #expires = :ttl REMOVE due_pk, due_at',
      condition: 'counted = :yes AND attribute_not_exists(rotated_to) AND attribute_not_exists(revoked_at)',
      names,
      values: { ...values, ':successor': successor.id, ':no': false, ':yes': true },
    },
    {
      kind: 'update',
      keyId: before.id,
      update: 'SET expires_at = :end, #expires = :ttl',
      // The role that may write keys may write all of them.
      condition: 'tenant_id = :tenant',
      names,
      values: { ...values, ':tenant': before.tenant_id },
    },
  ]
}

/** What comes after would be written with another number of digits, and sort before everything. */
const END_OF_TIME = Date.parse('9999-12-31T23:59:59.999Z')

/** As long from now as the old key was made for. */
const sameTerm = ({ created_at, expires_at }: KeyEntry, now: number): string | undefined =>
  expires_at === undefined ? undefined : isoTime(Math.min(END_OF_TIME, now + Date.parse(expires_at) - Date.parse(created_at)))

/**
 * Makes a key that takes the place of another, which ends after the overlap, when it would have ended anyway, or with
 * its successor. The two count as one in the quota.
 * @throws not_found, key_not_active, secret_rotating, tenant_suspended, tenant_deleting, out_of_range, secret_shown_once
 */
export async function rotateKey(
  deps: KeyDeps,
  tenant: TenantId,
  id: string,
  body: KeyRotate,
  by?: Actor,
  act?: Act<KeyWithSecret>,
): Promise<KeyWithSecret> {
  const table = keyTableFor(deps, tenant)
  return shownOnce(
    await commit({ clock: deps.clock, table }, act, async () => {
      const now = deps.clock.now()
      await tenantToStay(table, orderedBy(by))
      const before = await active(table, id, now)
      await assertAlone(table, before, now)
      const expires_at = expiryOf(now, body.expires_at) ?? sameTerm(before, now)
      const { name, mode, scopes } = before
      const { shown, writes } = newKey(deps, tenant, { name, mode, scopes, expires_at, by, rotated_from: id })
      const end = now + (body.overlap_seconds ?? DEFAULT_OVERLAP) * 1000
      return { result: shown, writes: [...writes, ...ending(before, shown, end), staying(orderedBy(by))] }
    }),
  )
}
