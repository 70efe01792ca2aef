import * as z from 'zod'
import { throttled } from '../../../local/dynamodb/faults.ts'
import { KeyWithSecret } from '../../../shared/contract/key.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { sweepTenants } from '../../../shared/tenants/sweep.ts'
import { type Api, givenApi, SMALL } from './given.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
let failWrites = 0
let api: Api
beforeAll(async () => {
  const next = (operation: string) => {
    if (operation !== 'UpdateItem' || failWrites === 0) return undefined
    failWrites -= 1
    return throttled()
  }
  api = await givenApi({ clock }, { next })
})
afterAll(() => api.stop())

const DAY = 86_400
interface Owner {
  id: string
  admin: KeyWithSecret
}
/** A tenant with a key that may make keys. */
async function owner(quota: object = {}): Promise<Owner> {
  const made = await api.send('POST', '/v1/tenants', { key: api.platformKey, body: { name: 'Acme', quota } })
  const { id } = z.object({ id: z.string() }).parse(made.body)
  const key = await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, body: { name: 'admin', scopes: ['admin'] } })
  return { id, admin: KeyWithSecret.parse(key.body) }
}
const make = async ({ admin }: Owner, body: object = {}): Promise<KeyWithSecret> =>
  KeyWithSecret.parse((await api.send('POST', '/v1/keys', { key: admin.key, body })).body)
const rotate = ({ admin }: Owner, id: string, body: object = {}) => api.send('POST', `/v1/keys/${id}/rotate`, { key: admin.key, body })
const revoke = ({ admin }: Owner, id: string) => api.send('DELETE', `/v1/keys/${id}`, { key: admin.key })
const look = async ({ admin }: Owner, id: string) => (await api.send('GET', `/v1/keys/${id}`, { key: admin.key })).body
const use = async (key: KeyWithSecret) => {
  const { status, body } = await api.send('GET', '/v1/clusters', { key: key.key })
  return status === 200 ? 'good' : z.object({ status: z.literal(401), code: z.string() }).parse(body).code
}
const counted = async ({ id }: Owner) =>
  z.object({ keys_used: z.int() }).parse(await tableFor(api.deps, tenantId(id)).get(sk.quota)).keys_used

describe('a key that a tenant makes', () => {
  it('is told of without its secret: by whom, since when, and how to find it', async () => {
    const one = await owner()
    const key = await make(one, { name: 'ci', scopes: ['read', 'read'], mode: 'test' })
    const { key: secret, ...told } = key
    expect(told).toMatchObject({ name: 'ci', scopes: ['read'], mode: 'test', state: 'active', tenant_id: one.id })
    expect(told.created_by).toEqual({ type: 'key', id: one.admin.id, platform: false })
    expect(secret.startsWith(told.prefix) && secret.endsWith(told.last4)).toBe(true)
    expect(told.prefix).toMatch(/^rgh_test_\w{12}$/)
    expect(await look(one, key.id)).toEqual(told)
    const { text } = await api.send('GET', '/v1/keys', { key: one.admin.key })
    expect(JSON.parse(text).items.map(({ name }: { name: string }) => name)).toEqual(['ci', 'admin'])
    expect(text).not.toContain(secret.slice(told.prefix.length))
  })

  it('reaches no scope of the platform, whatever is asked for', async () => {
    const one = await owner()
    const reply = await api.send('POST', '/v1/keys', { key: one.admin.key, body: { scopes: ['platform'] } })
    expect(reply.body).toMatchObject({ status: 400, code: 'invalid_value' })
    expect((await api.send('GET', '/v1/tenants', { key: one.admin.key })).body).toMatchObject({ code: 'insufficient_scope' })
  })

  it('tells when it was last used, to the hour, and serves where that cannot be noted', async () => {
    const one = await owner()
    const [used, unnoted] = [await make(one), await make(one)]
    expect(await look(one, used.id)).not.toHaveProperty('last_used_at')
    await use(used)
    expect(await look(one, used.id)).toMatchObject({ last_used_at: expect.stringMatching(/T\d\d:00:00\.000Z$/) })
    failWrites = 1
    expect(await use(unnoted)).toBe('good')
    expect(failWrites).toBe(0)
    expect(await look(one, unnoted.id)).not.toHaveProperty('last_used_at')
  })

  it('is counted in the quota together with the key, and given back when it is revoked', async () => {
    const one = await owner({ keys: 3 })
    const replies = await Promise.all(Array.from({ length: 6 }, () => api.send('POST', '/v1/keys', { key: one.admin.key, body: {} })))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(2)
    const refused = replies.find(({ status }) => status !== 201)
    expect(refused?.body).toMatchObject({ status: 403, code: 'quota_exceeded', quota: 'keys', used: 3, limit: 3 })
    expect(await counted(one)).toBe(3)
    const first = KeyWithSecret.parse(replies.find(({ status }) => status === 201)?.body)
    await Promise.all([revoke(one, first.id), revoke(one, first.id)])
    expect(await counted(one)).toBe(2)
  })

  it('is made once for an Idempotency-Key, and shown once', async () => {
    const one = await owner()
    const sent = { key: one.admin.key, body: { name: 'once' }, headers: { 'idempotency-key': 'k' } }
    const replies = await Promise.all(Array.from({ length: 4 }, () => api.send('POST', '/v1/keys', sent)))
    const [made] = replies.filter(({ status }) => status === 201)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    const { id, key } = KeyWithSecret.parse(made?.body)
    expect((await api.send('POST', '/v1/keys', sent)).body).toMatchObject({ status: 409, code: 'secret_shown_once', key_id: id })
    expect(await counted(one)).toBe(2)
    expect(JSON.stringify(await api.items())).not.toContain(key)
  })
})

describe('a rotated key', () => {
  it('has a successor of the same kind, and is good beside it for the overlap', async () => {
    const one = await owner()
    const old = await make(one, { name: 'ci', scopes: ['read'], mode: 'test' })
    const reply = await rotate(one, old.id, { overlap_seconds: 3600 })
    const next = KeyWithSecret.parse(reply.body)
    expect(reply).toMatchObject({ status: 201, headers: { location: `/v1/keys/${next.id}` } })
    expect(next).toMatchObject({ name: 'ci', scopes: ['read'], mode: 'test', rotated_from: old.id })
    expect(await look(one, old.id)).toMatchObject({ state: 'active', rotated_to: next.id })
    expect([await use(old), await use(next)]).toEqual(['good', 'good'])
    expect(await counted(one)).toBe(2)
    clock.offset += 3_601_000
    expect([await use(old), await use(next)]).toEqual(['key_expired', 'good'])
    expect(await look(one, old.id)).toMatchObject({ state: 'expired' })
  })

  it('ends at once without an overlap, and never later than it would have', async () => {
    const one = await owner()
    const [now, soon] = [await make(one), await make(one, { expires_at: new Date(clock.now() + 60_000).toISOString() })]
    await rotate(one, now.id, { overlap_seconds: 0 })
    expect(await use(now)).toBe('key_expired')
    const next = KeyWithSecret.parse((await rotate(one, soon.id, { overlap_seconds: 7 * DAY })).body)
    expect(await look(one, soon.id)).toMatchObject({ expires_at: soon.expires_at })
    const term = Date.parse(next.expires_at ?? '') - Date.parse(next.created_at)
    expect(Math.abs(term - 60_000)).toBeLessThan(2_000)
  })

  it.each([-1, 7 * DAY + 1, 1.5, '60'])('takes no overlap of %j', async (overlap_seconds) => {
    const one = await owner()
    expect((await rotate(one, one.admin.id, { overlap_seconds })).status).toBe(400)
  })

  it('can be rotated by itself, at the limit of the quota too, and its successor while it is good by nobody', async () => {
    const one = await owner({ keys: 1 })
    const next = KeyWithSecret.parse((await rotate(one, one.admin.id)).body)
    expect((await rotate(one, one.admin.id)).body).toMatchObject({ status: 409, code: 'key_not_active' })
    const successor = { ...one, admin: next }
    expect((await rotate(successor, next.id)).body).toMatchObject({ status: 409, code: 'secret_rotating', key_id: one.admin.id })
    await revoke(one, one.admin.id)
    expect(await counted(one)).toBe(1)
    expect((await rotate(successor, next.id)).status).toBe(201)
  })

  it('has one successor however often it is asked for at once', async () => {
    const one = await owner()
    const replies = await Promise.all(Array.from({ length: 5 }, () => rotate(one, one.admin.id)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await counted(one)).toBe(1)
  })

  it('that is revoked or has expired has none', async () => {
    const one = await owner()
    const [revoked, expired] = [await make(one), await make(one, { expires_at: new Date(clock.now() + 1_000).toISOString() })]
    await revoke(one, revoked.id)
    clock.offset += 2_000
    for (const { id } of [revoked, expired]) expect((await rotate(one, id)).body).toMatchObject({ status: 409, code: 'key_not_active' })
  })
})

describe('a revoked key', () => {
  it('is refused from the next request on, also where it was used just before, and can still be looked at', async () => {
    const one = await owner()
    const key = await make(one)
    for (let i = 0; i < 3; i += 1) expect(await use(key)).toBe('good')
    expect((await revoke(one, key.id)).status).toBe(204)
    expect(await use(key)).toBe('key_revoked')
    expect(await look(one, key.id)).toMatchObject({ state: 'revoked', revoked_at: expect.any(String) })
    expect((await revoke(one, key.id)).status).toBe(204)
    const items = (await api.items()).filter((item) => [item.key_id, item.id].includes(key.id))
    const days = items.map(({ expires }) => (Number(expires) - clock.now() / 1000) / DAY)
    expect(days.map(Math.round)).toEqual([30, 30])
  })

  it('may be the one that asks', async () => {
    const one = await owner()
    expect((await revoke(one, one.admin.id)).status).toBe(204)
    expect(await use(one.admin)).toBe('key_revoked')
  })

  it('is nothing that a stranger can look at, rotate or revoke', async () => {
    const [one, stranger] = [await owner(), await owner()]
    const replies = [await rotate(stranger, one.admin.id), await revoke(stranger, one.admin.id)]
    for (const { body } of replies) expect(body).toMatchObject({ status: 404, code: 'not_found' })
    expect(await look(stranger, one.admin.id)).toMatchObject({ code: 'not_found' })
    expect(await use(one.admin)).toBe('good')
  })
})

describe('an expired key', () => {
  it('counts no more once the sweep has seen it, and only once', async () => {
    const one = await owner()
    const key = await make(one, { expires_at: new Date(clock.now() + 60_000).toISOString() })
    await sweepTenants(api.deps, clock.now())
    expect(await counted(one)).toBe(2)
    clock.offset += 61_000
    await sweepTenants(api.deps, clock.now())
    await sweepTenants(api.deps, clock.now())
    expect(await counted(one)).toBe(1)
    await revoke(one, key.id)
    expect(await counted(one)).toBe(1)
    expect(await use(key)).toBe('key_revoked')
  })
})

describe('the platform', () => {
  it('makes, lists, rotates and revokes the keys of a tenant', async () => {
    const one = await owner()
    const path = `/v1/tenants/${one.id}/keys`
    const as = { key: api.platformKey }
    const { text } = await api.send('GET', path, as)
    expect(JSON.parse(text).items).toMatchObject([{ id: one.admin.id, created_by: { type: 'key', platform: true } }])
    const next = KeyWithSecret.parse((await api.send('POST', `${path}/${one.admin.id}/rotate`, { ...as, body: {} })).body)
    expect((await api.send('DELETE', `${path}/${next.id}`, as)).status).toBe(204)
    expect((await api.send('GET', `${path}/${next.id}`, as)).body).toMatchObject({ state: 'revoked' })
    const trail = await api.send('GET', `/v1/tenants/${one.id}/audit`, as)
    expect(JSON.parse(trail.text).items.map(({ action }: { action: string }) => action)).toEqual([
      'revokeTenantKey',
      'rotateTenantKey',
      'createTenantKey',
    ])
  })

  it('makes none for a tenant that is not there, or goes', async () => {
    const one = await owner()
    const create = (id: string) => api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, body: {} })
    await api.send('DELETE', `/v1/tenants/${one.id}`, { key: api.platformKey })
    expect((await create(one.id)).body).toMatchObject({ status: 409, code: 'tenant_deleting' })
    expect((await create(`ten_${'0'.repeat(26)}`)).body).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('may do so for a suspended tenant, which itself may not', async () => {
    const one = await owner()
    await api.send('POST', `/v1/tenants/${one.id}/suspend`, { key: api.platformKey, body: {} })
    expect((await api.send('POST', '/v1/keys', { key: one.admin.key, body: {} })).body).toMatchObject({ code: 'tenant_suspended' })
    expect((await revoke(one, one.admin.id)).body).toMatchObject({ code: 'tenant_suspended' })
    expect((await api.send('POST', `/v1/tenants/${one.id}/keys`, { key: api.platformKey, body: {} })).status).toBe(201)
    expect((await api.send('POST', '/v1/clusters', { key: one.admin.key, body: SMALL })).body).toMatchObject({ code: 'tenant_suspended' })
  })
})
