import type { JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { FetchJson } from '../platform/fetch-json.ts'

export interface KeySetDeps {
  clock: Clock
  fetchJson: FetchJson
}
export type LoadedJose = typeof import('./jose.ts')

/** An issuer may take a key back; and may be out of reach for so long before its keys are no longer trusted. */
const FRESH_MS = 10 * 60_000
const TRUSTED_MS = 60 * 60_000
/** An unknown key may be a new one; or made up, to have us ask the issuer for every request. */
const COOL_DOWN_MS = 30_000
/** After a failure. */
const RETRY_MS = 5_000

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })
const JwkSet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discovered(fetchJson: FetchJson, issuer: string): Promise<string> {
  const found = Discovery.parse(await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`))
  if (found.issuer === issuer) return found.jwks_uri
  throw new Error(`${issuer} says that it is ${found.issuer}`)
}

function outOfReach(issuer: string, cause: unknown): AppError {
  const headers = { 'retry-after': String(RETRY_MS / 1000) }
  return new AppError('unavailable', `The keys of ${issuer} are out of reach, so that no token of it can be checked`, { headers, cause })
}

const hasNoSuchKey = (error: unknown): boolean => Error.isError(error) && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY'

/**
 * The keys of an issuer, as they are now or were a while ago. Whatever tokens come, the issuer is asked once in half a minute
 * at most, or once in five seconds while it is out of reach.
 * @param jwksUri where they are, or else the issuer says
 */
export function issuerKeys(
  { createLocalJWKSet }: Pick<LoadedJose, 'createLocalJWKSet'>,
  { clock, fetchJson }: KeySetDeps,
  issuer: string,
  jwksUri?: string,
): JWTVerifyGetKey {
  let known: { lookup: JWTVerifyGetKey; at: number } | undefined
  let failed: { error: unknown; at: number } | undefined
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    try {
      const set = JwkSet.parse(await fetchJson(jwksUri ?? (await discovered(fetchJson, issuer))))
      known = { lookup: createLocalJWKSet(set), at: clock.now() }
      failed = undefined
    } catch (error) {
      failed = { error, at: clock.now() }
    }
  }
  /** All who need them at once wait for the one request. */
  async function reload(): Promise<void> {
    if (failed && clock.now() < failed.at + RETRY_MS) return
    asking ??= ask().finally(() => {
      asking = undefined
    })
    await asking
  }
  async function current(): Promise<JWTVerifyGetKey> {
    if (!known || clock.now() >= known.at + FRESH_MS) await reload()
    if (known && clock.now() < known.at + TRUSTED_MS) return known.lookup
    throw outOfReach(issuer, failed?.error)
  }
  return async (header, token) => {
    const lookup = await current()
    try {
      return await lookup(header, token)
    } catch (error) {
      if (!hasNoSuchKey(error)) throw error
      if (known && clock.now() < known.at + COOL_DOWN_MS) throw error
      await reload()
      if (failed) throw outOfReach(issuer, failed.error)
      return (await current())(header, token)
    }
  }
}
