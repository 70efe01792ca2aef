import * as z from 'zod'
import type { Actor } from '../contract/audit.ts'
import { AppError } from '../contract/errors.ts'
import { TENANT_SCOPES } from '../contract/key.ts'
import type { Issuer } from '../platform/env.ts'
import { idPattern } from '../platform/ids.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import { issuerKeys, type KeySetDeps } from './issuer-keys.ts'
import type { Caller } from './keys.ts'
import { tenantStore } from './store.ts'

export interface TokenDeps extends KeySetDeps, TableDeps {
  issuers: readonly Issuer[]
}

/** Asymmetric ones only: with a shared secret whoever checks a token could make one, and a public key could pass for a secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
/** Two clocks differ. */
const TOLERANCE_SECONDS = 60
const LONGEST_TOKEN = 8_192
const LONGEST_SUBJECT = 256
const TENANT_ID = idPattern('tenant')

/** A JWT in its compact form (RFC 7519, 3); one without a signature too, which is then refused. */
export const looksSigned = (bearer: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer)

const challenge = (description: string) => ({
  headers: { 'www-authenticate': `Bearer realm="ringhold", error="invalid_token", error_description="${description}"` },
})
const refused = (why: string, cause?: unknown): AppError =>
  new AppError('invalid_token', `The token is not taken: ${why}`, { ...challenge('not taken'), cause })

const Unverified = z.object({ iss: z.string() })

type Jose = typeof import('./jwt.ts')

/** What the token says of its issuer before anything of it is believed: it only chooses whose keys are asked for. */
function issuerOf({ decodeJwt, decodeProtectedHeader }: Jose, token: string): string {
  if (token.length > LONGEST_TOKEN) throw refused(`it has more than ${LONGEST_TOKEN} characters`)
  try {
    const { alg } = decodeProtectedHeader(token)
    if (alg === undefined || !ALGORITHMS.includes(alg)) throw refused(`it must be signed with ${ALGORITHMS.join(', ')}`)
    return Unverified.parse(decodeJwt(token)).iss
  } catch (error) {
    throw error instanceof AppError ? error : refused('it cannot be read', error)
  }
}

function asRefusal({ errors }: Jose, error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new AppError('token_expired', 'The token has expired: get a new one', challenge('expired'))
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`its claim ${error.claim} is missing or not what it must be`)
  // A key that is too short, or of another kind than the algorithm, is a TypeError.
  return error instanceof errors.JOSEError || error instanceof TypeError ? refused('its signature does not hold', error) : error
}

/** Space-separated (RFC 8693, 4.2) or a list. */
const Scopes = z
  .union([z.string().transform((text) => text.split(' ')), z.array(z.unknown())])
  .catch([])
  .transform((names) => new Set<unknown>(names))

/** @throws invalid_token when there is no such tenant, or no longer */
async function existingTenant(deps: TableDeps, claim: unknown): Promise<TenantId> {
  const id = z.string().regex(TENANT_ID).safeParse(claim)
  const record = id.success ? await tenantStore(deps).get(tenantId(id.data)) : undefined
  if (record?.state === 'active' || record?.state === 'suspended') return tenantId(record.id)
  throw refused('it names no tenant of this cell')
}

type Claims = { sub: string } & Record<string, unknown>

async function callerOf(deps: TableDeps, issuer: Issuer, claims: Claims): Promise<Caller> {
  const scopes = Scopes.parse(claims[issuer.scopes_claim])
  const platform = issuer.platform && scopes.has('platform')
  const actor: Actor = { type: 'token', id: `${issuer.issuer}#${claims.sub}`, platform }
  if (platform) return { kind: 'platform', actor }
  const tenant = await existingTenant(deps, claims[issuer.tenant_claim])
  return { kind: 'tenant', actor, tenant, scopes: TENANT_SCOPES.filter((scope) => scopes.has(scope)) }
}

const Verified = z.looseObject({ sub: z.string().min(1).max(LONGEST_SUBJECT) })

/**
 * Tells from a token who sends a request. It counts only with a signature of one of the cell's issuers, for this audience,
 * and in its time. Its tenant is looked at each time: one read.
 * @throws invalid_token, token_expired, unavailable when the issuer's keys are out of reach
 */
export function tokenVerifier(deps: TokenDeps): (token: string) => Promise<Caller> {
  const known = new Map(deps.issuers.map((issuer) => [issuer.issuer, { issuer, keys: issuerKeys(deps, issuer.issuer, issuer.jwks_uri) }]))
  return async (token) => {
    // Loaded when the first token comes: most cells and cold starts never need it.
    const jose = await import('./jwt.ts')
    const found = known.get(issuerOf(jose, token))
    if (!found) throw refused('its issuer is none of this cell')
    const { issuer, keys } = found
    const verified = await jose
      .jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(deps.clock.now()),
        requiredClaims: ['exp', 'sub'],
      })
      .catch((error: unknown) => {
        throw asRefusal(jose, error)
      })
    const claims = Verified.safeParse(verified.payload)
    if (!claims.success) throw refused('its claim sub is not what it must be')
    return callerOf(deps, issuer, claims.data)
  }
}
