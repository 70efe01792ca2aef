import { TENANT_SCOPES, type TenantScope } from '../../../shared/contract/key.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { makeToken } from '../../../shared/tenants/token.ts'
import type { Api } from './given.ts'
import { givenWorld } from './given-world.ts'
import type { Access } from './matrix.ts'

/** `admitted`, or the code of the refusal. */
export type Outcome =
  | 'admitted'
  | 'not_authenticated'
  | 'invalid_key'
  | 'invalid_token'
  | 'key_expired'
  | 'key_revoked'
  | 'insufficient_scope'
  | 'tenant_suspended'

export interface Caller {
  name: string
  authorization: string | undefined
  expected(access: Access): Outcome
}

const who =
  (refused: Outcome) =>
  (access: Access): Outcome =>
    access.scope === 'public' ? 'admitted' : refused
const within =
  (...scopes: TenantScope[]) =>
  ({ scope }: Access): Outcome =>
    scope === 'public' || scopes.some((own) => own === scope || (own === 'admin' && scope !== 'platform'))
      ? 'admitted'
      : 'insufficient_scope'
const ofPlatform = ({ scope, platformToo }: Access): Outcome =>
  scope === 'public' || scope === 'platform' || platformToo ? 'admitted' : 'insufficient_scope'
const suspended = (access: Access): Outcome =>
  within('admin')(access) === 'admitted' && access.changes ? 'tenant_suspended' : within('admin')(access)

const JWT_GARBAGE = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.'
const bearer = (key: string): string => `Bearer ${key}`
const spoilt = (key: string): string => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')

/** Everybody who may ever stand before the API, each told from the others. The clock moves on past the expired key's end. */
export async function givenCallers(api: Api, clock: { offset: number }): Promise<Caller[]> {
  const world = await givenWorld(api)
  const platform = { key: api.platformKey }
  const scoped = async (scopes: TenantScope[], more: object = {}) => issueTenantKey(api.deps, tenantId(world.id), { scopes, ...more })
  const expiring = await scoped(['admin'], { expires_at: new Date(api.deps.clock.now() + 60_000).toISOString() })
  clock.offset += 61_000
  const revoked = await scoped(['admin'])
  await api.send('DELETE', `/v1/tenants/${world.id}/keys/${revoked.id}`, platform)
  const [barred, gone] = [await givenWorld(api), await givenWorld(api)]
  await api.send('POST', `/v1/tenants/${barred.id}/suspend`, { ...platform, body: {} })
  await api.send('DELETE', `/v1/tenants/${gone.id}`, { ...platform, query: { cascade: 'true' } })
  const single = await Promise.all(
    TENANT_SCOPES.map(async (scope) => ({
      name: `a key for ${scope} alone`,
      authorization: bearer((await scoped([scope])).key),
      expected: within(scope),
    })),
  )
  return [
    { name: 'nobody', authorization: undefined, expected: who('not_authenticated') },
    { name: 'Basic', authorization: `Basic ${btoa(`key:${world.key}`)}`, expected: who('not_authenticated') },
    { name: 'a malformed key', authorization: bearer('x'), expected: who('invalid_key') },
    { name: 'a key cut short', authorization: bearer(world.key.slice(0, -1)), expected: who('invalid_key') },
    { name: 'a fake by its checksum', authorization: bearer(spoilt(world.key)), expected: who('invalid_key') },
    {
      name: 'a key that was never issued',
      authorization: bearer(makeToken('live', api.deps.newId('key'), api.deps.random)),
      expected: who('invalid_key'),
    },
    {
      name: 'another secret for an issued key',
      authorization: bearer(makeToken('live', world.ids.key_id ?? '', api.deps.random)),
      expected: who('invalid_key'),
    },
    { name: 'a token of nobody', authorization: bearer(JWT_GARBAGE), expected: who('invalid_token') },
    { name: 'a revoked key', authorization: bearer(revoked.key), expected: who('key_revoked') },
    { name: 'an expired key', authorization: bearer(expiring.key), expected: who('key_expired') },
    ...single,
    { name: 'a test key', authorization: bearer((await scoped(['admin'], { mode: 'test' })).key), expected: within('admin') },
    { name: 'the platform', authorization: bearer(api.platformKey), expected: ofPlatform },
    { name: 'a suspended tenant', authorization: bearer(barred.key), expected: suspended },
    { name: 'a deleted tenant', authorization: bearer(gone.key), expected: who('key_revoked') },
  ]
}
