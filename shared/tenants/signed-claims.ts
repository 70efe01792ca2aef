import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import type { Issuer } from '../platform/env.ts'
import { issuerKeys, type KeySetDeps, type LoadedJose } from './issuer-keys.ts'

export interface ClaimsDeps extends KeySetDeps {
  issuers: readonly Issuer[]
}
export interface SignedClaims {
  issuer: Issuer
  claims: { sub: string } & Record<string, unknown>
}

/** Asymmetric ones only: with a shared secret whoever checks a token could make one, and a public key could pass for a secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
/** Two clocks differ. */
const TOLERANCE_SECONDS = 60
const LONGEST_TOKEN = 8_192
const LONGEST_SUBJECT = 256

const challenge = (why: string) => ({
  headers: { 'www-authenticate': `Bearer realm="ringhold", error="invalid_token", error_description="${why}"` },
})
const refused = (why: string, cause?: unknown): AppError =>
  new AppError('invalid_token', `The token is not taken: ${why}`, { ...challenge('not taken'), cause })

const Unverified = z.object({ iss: z.string() })
/** Noted of everything the caller does, in a table that keeps no half of a surrogate pair. */
const Subject = z
  .string()
  .min(1)
  .max(LONGEST_SUBJECT)
  .refine((sub) => sub.isWellFormed())
const Verified = z.looseObject({ sub: Subject })

/** What the token says of its issuer before anything of it is believed: it only chooses whose keys are asked for. */
function issuerOf({ decodeJwt, decodeProtectedHeader }: LoadedJose, token: string): string {
  if (token.length > LONGEST_TOKEN) throw refused(`it has more than ${LONGEST_TOKEN} characters`)
  try {
    const { alg } = decodeProtectedHeader(token)
    if (alg === undefined || !ALGORITHMS.includes(alg)) throw refused(`it must be signed with ${ALGORITHMS.join(', ')}`)
    return Unverified.parse(decodeJwt(token)).iss
  } catch (error) {
    throw error instanceof AppError ? error : refused('it cannot be read', error)
  }
}

function asRefusal({ errors }: LoadedJose, error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new AppError('token_expired', 'The token has expired: get a new one', challenge('expired'))
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`its claim ${error.claim} is missing or not what it must be`)
  // A key that is too short, or of another kind than the algorithm, is a TypeError.
  return error instanceof errors.JOSEError || error instanceof TypeError ? refused('its signature does not hold', error) : error
}

/**
 * Reads what a token claims, which counts only with a signature of one of the cell's issuers, for this audience, and in its time.
 * @throws invalid_token, token_expired, unavailable when the issuer's keys are out of reach
 */
export function claimsReader(jose: LoadedJose, deps: ClaimsDeps): (token: string) => Promise<SignedClaims> {
  const known = new Map(
    deps.issuers.map((issuer) => [issuer.issuer, { issuer, keys: issuerKeys(jose, deps, issuer.issuer, issuer.jwks_uri) }]),
  )
  return async (token) => {
    const found = known.get(issuerOf(jose, token))
    if (!found) throw refused('its issuer is none of this cell')
    const { issuer, keys } = found
    const { payload } = await jose
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
    const claims = Verified.safeParse(payload)
    if (!claims.success) throw refused('its claim sub is not what it must be')
    return { issuer, claims: claims.data }
  }
}
