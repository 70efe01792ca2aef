import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { tenantId } from '../platform/table.ts'
import type { OwnTableDeps } from '../platform/tenant-table.ts'
import type { Caller } from './caller.ts'
import { stateOf } from './key-record.ts'
import { keyLookup } from './key-store.ts'
import { looksSigned, type TokenDeps, tokenVerifier } from './signed-token.ts'
import { keyIdOf, matches } from './token.ts'

export type AuthenticateDeps = OwnTableDeps & TokenDeps & { clock: Clock }

const CHALLENGE = { headers: { 'www-authenticate': 'Bearer realm="ringhold"' } }
const INVALID = { headers: { 'www-authenticate': 'Bearer realm="ringhold", error="invalid_token"' } }

/** @throws invalid_key, key_revoked, key_expired */
async function callerWithKey(deps: OwnTableDeps & { clock: Clock }, key: string): Promise<Caller> {
  const keyId = keyIdOf(key)
  const record = keyId === undefined ? undefined : await keyLookup(deps).get(keyId)
  if (!record || !matches(key, record.hash))
    throw new AppError('invalid_key', 'The API key is not known: it may be cut short, or of another cell', INVALID)
  const state = stateOf(record, deps.clock.now())
  if (state === 'revoked') throw new AppError('key_revoked', `The API key was revoked at ${record.revoked_at}: use another`, INVALID)
  if (state === 'expired') throw new AppError('key_expired', `The API key expired at ${record.expires_at}: use another`, INVALID)
  const platform = 'platform' in record
  const actor = { type: 'key' as const, id: record.key_id, platform }
  return platform ? { kind: 'platform', actor } : { kind: 'tenant', actor, tenant: tenantId(record.tenant_id), scopes: record.scopes }
}

/**
 * Tells from an Authorization header who sends the request: with an API key, or a token signed by one of the cell's issuers.
 * What has the form of neither, or fails its checksum, is refused before anything is read.
 * @throws not_authenticated, invalid_key, key_revoked, key_expired, invalid_token, token_expired, unavailable
 */
export function authenticator(deps: AuthenticateDeps): (authorization: string | undefined) => Promise<Caller> {
  const verify = tokenVerifier(deps)
  return async (authorization) => {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (bearer === undefined) throw new AppError('not_authenticated', 'Send an API key as Authorization: Bearer rgh_...', CHALLENGE)
    return looksSigned(bearer) ? verify(bearer) : callerWithKey(deps, bearer)
  }
}
