import * as z from 'zod'
import type { Actor } from '../contract/audit.ts'
import { AppError } from '../contract/errors.ts'
import { TENANT_SCOPES } from '../contract/key.ts'
import { idPattern } from '../platform/ids.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import type { Caller } from './caller.ts'
import { type ClaimsDeps, claimsReader, type SignedClaims } from './signed-claims.ts'
import { tenantStore } from './store.ts'

export type TokenDeps = ClaimsDeps & TableDeps

const TENANT_ID = idPattern('tenant')

/** A JWT in its compact form (RFC 7519, 3); one without a signature too, which is then refused. */
export const looksSigned = (bearer: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer)

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
  const headers = { 'www-authenticate': 'Bearer realm="ringhold", error="invalid_token"' }
  throw new AppError('invalid_token', 'The token is not taken: it names no tenant of this cell', { headers })
}

async function callerOf(deps: TableDeps, { issuer, claims }: SignedClaims): Promise<Caller> {
  const scopes = Scopes.parse(claims[issuer.scopes_claim])
  const platform = issuer.platform && scopes.has('platform')
  const actor: Actor = { type: 'token', id: `${issuer.issuer}#${claims.sub}`, platform }
  if (platform) return { kind: 'platform', actor }
  const tenant = await existingTenant(deps, claims[issuer.tenant_claim])
  return { kind: 'tenant', actor, tenant, scopes: TENANT_SCOPES.filter((scope) => scopes.has(scope)) }
}

/**
 * Tells from a signed token who sends a request. Its tenant is looked at each time: one read.
 * @throws invalid_token, token_expired, unavailable when the issuer's keys are out of reach
 */
export function tokenVerifier(deps: TokenDeps): (token: string) => Promise<Caller> {
  let reader: Promise<(token: string) => Promise<SignedClaims>> | undefined
  return async (token) => {
    // Loaded when the first token comes: most cells and cold starts never need it.
    reader ??= import('./jose.ts').then((jose) => claimsReader(jose, deps))
    return callerOf(deps, await (await reader)(token))
  }
}
