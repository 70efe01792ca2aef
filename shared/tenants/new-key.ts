import type { Actor } from '../contract/audit.ts'
import { refusal } from '../contract/errors.ts'
import type { KeyMode, KeyWithSecret, TenantScope } from '../contract/key.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { dueShard, sk, type TenantId } from '../platform/table.ts'
import type { KeyTableDeps, KeyWrite, Write } from '../platform/tenant-table.ts'
import { type KeyEntry, type KeyRecord, keyView } from './key-record.ts'
import { expiresAfter } from './record.ts'
import { hashOf, makeToken } from './token.ts'

export interface KeyDeps extends KeyTableDeps {
  clock: Clock
  newId: NewId
  random: (bytes: number) => Uint8Array
}

export interface NewKey {
  name?: string | undefined
  mode: KeyMode
  /** Absent: the platform's own. */
  scopes?: readonly TenantScope[]
  expires_at?: string | undefined
  by?: Actor | undefined
  rotated_from?: string
}

/** Of the key, with its id's first letters: those tell when it was made. */
const PREFIX_LENGTH = 'rgh_live_'.length + 12

/** An expiry, and what comes of it: the sweep gives its count back, and DynamoDB takes it away. */
export function expiring(id: string, expires_at: string | undefined) {
  if (expires_at === undefined) return { entry: {}, record: {} }
  const expires = expiresAfter(Date.parse(expires_at))
  return { entry: { expires_at, due_pk: dueShard(id), due_at: expires_at, expires }, record: { expires_at, expires } }
}

/**
 * An expiry in our own form: a moment can be written with any number of digits.
 * @throws out_of_range
 */
export function expiryOf(now: number, expires_at: string | undefined): string | undefined {
  if (expires_at === undefined) return undefined
  const moment = Date.parse(expires_at)
  if (moment > now) return isoTime(moment)
  throw refusal([{ in: 'body', pointer: '/expires_at', code: 'out_of_range', detail: 'expires_at is not in the future' }])
}

/** A key and the writes that make it good: what it is looked up by, and what its owner is shown of it. */
export function newKey(deps: KeyDeps, tenant: TenantId, wanted: NewKey): { shown: KeyWithSecret; writes: (Write | KeyWrite)[] } {
  const { mode, scopes, by, expires_at, rotated_from } = wanted
  const id = deps.newId('key')
  const token = makeToken(mode, id, deps.random)
  const { entry: ending, record: ended } = expiring(id, expires_at)
  const entry: KeyEntry = {
    ...{ tenant_id: tenant, id, scopes: [...new Set(scopes)], mode },
    ...(wanted.name === undefined ? {} : { name: wanted.name }),
    prefix: token.slice(0, PREFIX_LENGTH),
    last4: token.slice(-4),
    created_at: isoTime(deps.clock.now()),
    ...(by ? { created_by: by } : {}),
    ...(rotated_from === undefined ? {} : { rotated_from }),
    counted: scopes !== undefined,
    ...ending,
  }
  const whose = scopes ? { tenant_id: tenant, scopes: entry.scopes } : { platform: true as const }
  const record: KeyRecord = { key_id: id, hash: hashOf(token), ...whose, ...ended }
  return {
    shown: { ...keyView(entry, deps.clock.now()), key: token },
    writes: [
      { kind: 'put', keyId: id, item: record, when: { condition: 'attribute_not_exists(pk)' } },
      { kind: 'put', sk: sk.key(id), item: entry, when: { condition: 'attribute_not_exists(sk)' } },
    ],
  }
}
