import * as z from 'zod'
import type { TenantScope } from '../../../shared/contract/key.ts'
import type { Route } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { hashOf } from '../../../shared/tenants/token.ts'
import { type Api, givenApi, givenCluster } from './given.ts'

let reads = 0
const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
let api: Api
beforeAll(async () => {
  api = await givenApi(
    { clock },
    {
      next: (operation) => {
        if (operation === 'GetItem') reads += 1
        return undefined
      },
    },
  )
})
afterAll(() => api.stop())

const list = (headers: Record<string, string>) => api.send('GET', '/v1/clusters', { headers })
const bearer = (key: string) => list({ authorization: `Bearer ${key}` })
const scoped = async (tenant: string, scopes: TenantScope[]) => (await issueTenantKey(api.deps, tenantId(tenant), { scopes })).key

describe('a key', () => {
  it('is shown once and kept as a hash', async () => {
    const { id } = await api.tenant()
    const { body, status, headers } = await api.send('POST', `/v1/tenants/${id}/keys`, {
      key: api.platformKey,
      body: { name: 'ci', mode: 'test' },
    })
    const { key, id: keyId } = z.object({ id: z.string(), key: z.string() }).parse(body)
    expect({ status, cache: headers['cache-control'] }).toEqual({ status: 201, cache: 'no-store' })
    expect(key).toMatch(/^rgh_test_[0-9a-z]{26}_[0-9A-Za-z]{36}$/)
    expect(body).toMatchObject({ name: 'ci', mode: 'test', tenant_id: id, scopes: ['read', 'write', 'credentials'] })
    const items = JSON.stringify(await api.items())
    expect(items).toContain(keyId)
    expect(items).toContain(hashOf(key))
    expect(items).not.toContain(key)
    expect(items).not.toContain(key.slice(-36))
    expect(JSON.stringify(api.log)).not.toContain(key.slice(-36))
  })

  it('is asked for where there is none', async () => {
    for (const headers of [{}, { authorization: '' }, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }]) {
      expect(await list(headers)).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': expect.stringMatching(/^Bearer/) },
        body: { code: 'not_authenticated' },
      })
    }
  })

  it('that is a fake is refused before anything is read', async () => {
    const { key } = await api.tenant()
    const last = key.at(-1) === 'a' ? 'b' : 'a'
    reads = 0
    for (const fake of ['x', key.slice(0, -1), key.slice(0, -1) + last, key.replace('live', 'test'), `${key}a`]) {
      expect((await bearer(fake)).body).toMatchObject({ status: 401, code: 'invalid_key' })
    }
    expect(reads).toBe(0)
  })

  it('that was never issued is refused as one that is wrong: nothing tells them apart', async () => {
    const { makeToken } = await import('../../../shared/tenants/token.ts')
    const { id } = await api.tenant()
    const issued = await issueTenantKey(api.deps, tenantId(id), {})
    const [unknown, wrong] = await Promise.all([
      bearer(makeToken('live', api.deps.newId('key'), api.deps.random)),
      bearer(makeToken('live', issued.id, api.deps.random)),
    ])
    const { request_id: _one, ...told } = z.looseObject({}).parse(wrong?.body)
    expect(unknown?.body).toMatchObject(told)
    expect((await bearer(issued.key)).status).toBe(200)
  })

  it('answers its expiry in our own form, however many digits it was asked for in', async () => {
    const { id } = await api.tenant()
    const sent = `2099-01-31T12:00:00.${'1'.repeat(9)}Z`
    const { body } = await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, body: { expires_at: sent } })
    expect(body).toMatchObject({ expires_at: '2099-01-31T12:00:00.111Z' })
  })

  it('expires', async () => {
    const { id } = await api.tenant()
    const expires_at = new Date(clock.now() + 60_000).toISOString()
    const { key } = await issueTenantKey(api.deps, tenantId(id), { expires_at })
    expect((await bearer(key)).status).toBe(200)
    clock.offset += 61_000
    expect((await bearer(key)).body).toMatchObject({ status: 401, code: 'key_expired' })
    clock.offset = 0
  })
})

describe('scopes', () => {
  const rows: Route[] = Object.values(ROUTES).filter((route) => route.scope !== 'public')

  it.each(rows.map((route) => [route.operationId, route] as const))('%s is refused without its own', async (_name, route) => {
    const { id } = await api.tenant()
    const others = (['read', 'write', 'credentials'] as const).filter((scope) => scope !== route.scope)
    const path = route.path.replaceAll(/\{[^}]+\}/g, 'x')
    const keys = [
      await scoped(id, [...others]),
      ...(route.scope === 'platform' ? [await scoped(id, ['admin'])] : route.platformToo ? [] : [api.platformKey]),
    ]
    for (const key of keys) {
      const reply = await api.send(route.method, path, { key })
      expect(reply.body).toMatchObject({ status: 403, code: 'insufficient_scope', scope: route.scope })
      expect(reply.headers['www-authenticate']).toContain(`scope="${route.scope}"`)
    }
  })

  it('admin stands for every scope of its tenant', async () => {
    const { id, key } = await api.tenant()
    const cluster = await givenCluster(api, key)
    const admin = await scoped(id, ['admin'])
    expect((await api.send('GET', `/v1/clusters/${cluster.id}`, { key: admin })).status).toBe(200)
    expect((await api.send('DELETE', `/v1/clusters/${cluster.id}`, { key: admin })).status).toBe(202)
  })
})
