import * as z from 'zod'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, type Reply, SMALL } from './given.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) }
let api: Api
beforeAll(async () => {
  api = await givenApi({ clock })
})
afterAll(() => api.stop())

const idOf = (reply: Reply): string => z.object({ id: z.string() }).parse(reply.body).id
const create = (key: string, idempotency: string, body: object = SMALL) =>
  api.send('POST', '/v1/clusters', { key, body, headers: { 'idempotency-key': idempotency } })
/** What no two answers have in common. */
const varying = ({ headers }: Reply) => ({ ratelimit: headers.ratelimit, 'x-request-id': headers['x-request-id'] })
const used = async (tenant: string) =>
  z.object({ clusters_used: z.int() }).parse(await tableFor(api.deps, tenantId(tenant)).get(sk.quota)).clusters_used

describe('a request with an Idempotency-Key', () => {
  it('that is sent again gets the stored answer, and nothing happens twice', async () => {
    const tenant = await api.tenant()
    const first = await create(tenant.key, 'a-1')
    const again = await create(tenant.key, 'a-1')
    expect(again.headers).toEqual({ ...first.headers, ...varying(again), 'idempotent-replayed': 'true' })
    expect((await create(tenant.key, 'a-1')).text).toBe(first.text)
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    expect(await used(tenant.id)).toBe(1)
  })

  it('is the same bare or quoted, and with its members in another order', async () => {
    const { key } = await api.tenant()
    const first = await create(key, 'b-1', { engine: 'redis', size: '256m', labels: { a: '1', b: '2' } })
    const second = await create(key, '"b-1"', { labels: { b: '2', a: '1' }, size: '256m', engine: 'redis' })
    expect(second.text).toBe(first.text)
  })

  it('is refused with another body, path or method', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await create(key, 'c-1')
    expect((await create(key, 'c-1', { ...SMALL, size: '512m' })).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
    const other = await api.send('DELETE', `/v1/clusters/${id}`, { key, headers: { 'idempotency-key': 'c-1' } })
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused' })
    expect((await api.send('GET', `/v1/clusters/${id}`, { key })).body).toMatchObject({ state: 'creating' })
  })

  it('is another one for another tenant', async () => {
    const [a, b] = [await api.tenant(), await api.tenant()]
    expect(idOf(await create(a.key, 'd-1'))).not.toBe(idOf(await create(b.key, 'd-1')))
  })

  it('happens once when sent ten times at once: one creates, the others replay', async () => {
    const tenant = await api.tenant()
    const replies = await Promise.all(Array.from({ length: 10 }, () => create(tenant.key, 'e-1')))
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`)).size).toBe(1)
    expect(replies.filter((reply) => reply.headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect(await used(tenant.id)).toBe(1)
  })

  it('that was refused is free to be corrected', async () => {
    const { key } = await api.tenant()
    expect((await create(key, 'f-1', { ...SMALL, size: '64g' })).status).toBe(422)
    expect((await create(key, 'f-1')).status).toBe(202)
  })

  it('is replayed where it would be refused by now', async () => {
    const { key } = await api.tenant({ quota: { clusters: 1 } })
    const first = await create(key, 'g-1')
    expect((await create(key, 'g-2')).body).toMatchObject({ code: 'quota_exceeded' })
    expect((await create(key, 'g-1')).text).toBe(first.text)
  })

  it('replays a delete also when the cluster is gone', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    const remove = () => api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key, headers: { 'idempotency-key': 'h-1' } })
    const first = await remove()
    const table = tableFor(api.deps, tenantId(tenant.id))
    await table.update(sk.cluster(id), { update: 'SET #s = :s', names: { '#s': 'state' }, values: { ':s': 'deleted' } })
    expect(await remove()).toMatchObject({ status: 202, text: first.text })
  })

  it('is forgotten after a day', async () => {
    const { key } = await api.tenant()
    const first = await create(key, 'i-1')
    clock.offset += 24 * 3600_000 - 60_000
    expect(idOf(await create(key, 'i-1'))).toBe(idOf(first))
    clock.offset += 2 * 60_000
    expect(idOf(await create(key, 'i-1'))).not.toBe(idOf(first))
  })

  it('takes 1 to 255 printable characters as its key', async () => {
    const { key } = await api.tenant()
    for (const bad of ['""', 'x'.repeat(256), 'caf\u00e9']) {
      expect((await create(key, bad)).body).toMatchObject({ status: 400, code: 'invalid_idempotency_key' })
    }
    expect((await create(key, 'x'.repeat(255))).status).toBe(202)
  })

  it('makes one webhook, whose secret is answered again but kept nowhere', async () => {
    const tenant = await api.tenant()
    const make = (url = 'https://hooks.example.com/') =>
      api.send('POST', '/v1/webhooks', { key: tenant.key, body: { url }, headers: { 'idempotency-key': 'w-1' } })
    const [first, second] = [await make(), await make()]
    expect(second).toMatchObject({ status: 201, text: first.text, headers: { 'idempotent-replayed': 'true' } })
    expect(first.body).toMatchObject({ secret: `whsec_${idOf(first)}` })
    expect(JSON.stringify(await api.items())).not.toContain('whsec_')
    expect((await make('https://other.example.com/')).body).toMatchObject({ code: 'idempotency_key_reused' })
    expect(JSON.parse((await api.send('GET', '/v1/webhooks', { key: tenant.key })).text).items).toHaveLength(1)
    const remove = () => api.send('DELETE', `/v1/webhooks/${idOf(first)}`, { key: tenant.key, headers: { 'idempotency-key': 'w-2' } })
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204])
    expect(await make()).toMatchObject({ status: 409, body: { code: 'secret_shown_once' } })
    expect(await tableFor(api.deps, tenantId(tenant.id)).get(sk.quota)).toMatchObject({ webhooks_used: 0 })
  })

  it('makes ten webhooks at once one', async () => {
    const { id, key } = await api.tenant()
    const make = () =>
      api.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/' }, headers: { 'idempotency-key': 'w-3' } })
    expect(new Set((await Promise.all(Array.from({ length: 10 }, make))).map((reply) => reply.text)).size).toBe(1)
    expect(await tableFor(api.deps, tenantId(id)).get(sk.quota)).toMatchObject({ webhooks_used: 1 })
  })

  it('makes one API key, and does not show it twice', async () => {
    const { id } = await api.tenant()
    const make = (headers: Record<string, string>) =>
      api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, body: { name: 'ci' }, headers })
    const keys = async () => (await api.items()).filter((item) => item.sk === 'KEY' && item.tenant_id === id).length
    const before = await keys()
    const first = await make({ 'idempotency-key': 'k-1' })
    const again = await make({ 'idempotency-key': 'k-1' })
    expect(first.status).toBe(201)
    expect(again.body).toMatchObject({ status: 409, code: 'secret_shown_once', key_id: idOf(first) })
    expect(await keys()).toBe(before + 1)
    const { key } = z.object({ key: z.string() }).parse(first.body)
    expect(JSON.stringify(await api.items())).not.toContain(key.slice(-36))
    expect((await api.send('GET', '/v1/clusters', { key })).status).toBe(200)
  })

  it('makes one tenant', async () => {
    const make = () =>
      api.send('POST', '/v1/tenants', {
        key: api.platformKey,
        body: { name: 'T', quota: { clusters: 3 } },
        headers: { 'idempotency-key': 't-1' },
      })
    const first = await make()
    expect(await make()).toMatchObject({ status: 201, text: first.text })
    expect(await tableFor(api.deps, tenantId(idOf(first))).get(sk.quota)).toMatchObject({ clusters_limit: 3, clusters_used: 0 })
  })
})
