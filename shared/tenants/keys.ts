import type { Actor } from '../contract/audit.ts'
import { AppError, refusal } from '../contract/errors.ts'
import type { Key, KeyCreate, KeyMode, KeyWithSecret, TenantScope } from '../contract/key.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { TenantId } from '../platform/table.ts'
import { PLATFORM, tenantId } from '../platform/table.ts'
import type { KeyTableDeps, OwnTableDeps } from '../platform/tenant-table.ts'
import { keyLookup, keyStore } from './key-store.ts'
import { hashOf, keyIdOf, makeToken, matches } from './token.ts'

export interface KeyDeps extends KeyTableDeps {
  clock: Clock
  newId: NewId
  random: (bytes: number) => Uint8Array
}

/** Who sends a request. Only what has been verified makes one. */
export type Caller = { kind: 'platform'; actor: Actor } | { kind: 'tenant'; actor: Actor; tenant: TenantId; scopes: readonly TenantScope[] }

const DEFAULT_SCOPES: TenantScope[] = ['read', 'write', 'credentials']

function newToken(deps: KeyDeps, mode: KeyMode) {
  const key_id = deps.newId('key')
  const token = makeToken(mode, key_id, deps.random)
  return { token, kept: { key_id, hash: hashOf(token), mode, created_at: isoTime(deps.clock.now()) } }
}

/** In our own form: a moment can be written with any number of digits. */
function expiryOf(deps: KeyDeps, { expires_at }: KeyCreate): { expires_at?: string } {
  if (expires_at === undefined) return {}
  const moment = Date.parse(expires_at)
  if (moment > deps.clock.now()) return { expires_at: isoTime(moment) }
  throw refusal([{ in: 'body', pointer: '/expires_at', code: 'out_of_range', detail: 'expires_at is not in the future' }])
}

/**
 * Makes a key for a tenant that exists. The answer holds the key itself, for the only time.
 * @param first asked before the key counts for anything: when it rejects, there is none
 * @throws out_of_range when the key would have expired already
 */
export async function issueTenantKey(
  deps: KeyDeps,
  tenant: TenantId,
  body: KeyCreate,
  first: (key: KeyWithSecret) => Promise<void> = async () => {},
): Promise<KeyWithSecret> {
  const mode = body.mode ?? 'live'
  const expiry = expiryOf(deps, body)
  const { token, kept } = newToken(deps, mode)
  const described: Omit<Key, 'id'> = {
    tenant_id: tenant,
    scopes: [...new Set(body.scopes ?? DEFAULT_SCOPES)],
    mode,
    created_at: kept.created_at,
    ...(body.name === undefined ? {} : { name: body.name }),
    ...expiry,
  }
  const key = { id: kept.key_id, ...described, key: token }
  await first(key)
  await keyStore(deps).add(tenant, { ...kept, ...described })
  return key
}

/** Makes a key of the platform's own, which may make tenants and their keys. For operators: no route does this. */
export async function issuePlatformKey(deps: KeyDeps, name?: string): Promise<{ id: string; key: string }> {
  const { token, kept } = newToken(deps, 'live')
  await keyStore(deps).add(PLATFORM, { ...kept, platform: true, scopes: ['platform'], ...(name === undefined ? {} : { name }) })
  return { id: kept.key_id, key: token }
}

const CHALLENGE = { headers: { 'www-authenticate': 'Bearer realm="ringhold"' } }
const INVALID = { headers: { 'www-authenticate': 'Bearer realm="ringhold", error="invalid_token"' } }

/**
 * Tells from an Authorization header who sends the request. What is not of the form, or fails its checksum, is refused
 * before anything is read.
 * @throws not_authenticated, invalid_key, key_expired
 */
export async function authenticate(deps: OwnTableDeps & { clock: Clock }, authorization: string | undefined): Promise<Caller> {
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
  if (token === undefined) throw new AppError('not_authenticated', 'Send an API key as Authorization: Bearer rgh_...', CHALLENGE)
  const keyId = keyIdOf(token)
  const record = keyId === undefined ? undefined : await keyLookup(deps).get(keyId)
  if (!record || !matches(token, record.hash))
    throw new AppError('invalid_key', 'The API key is not known: it may be cut short, or of another cell', INVALID)
  if (record.expires_at !== undefined && Date.parse(record.expires_at) <= deps.clock.now()) {
    throw new AppError('key_expired', `The API key expired at ${record.expires_at}: use another`, INVALID)
  }
  if ('platform' in record) return { kind: 'platform', actor: { type: 'key', id: record.key_id, platform: true } }
  const actor: Actor = { type: 'key', id: record.key_id, platform: false }
  return { kind: 'tenant', actor, tenant: tenantId(record.tenant_id), scopes: record.scopes }
}
