import * as z from 'zod'
import { config } from '../../../cdk/configured.ts'
import { Tenant } from '../../../shared/contract/tenant.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, SMALL } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const as = () => ({ key: api.platformKey })
const create = async (body: object = {}): Promise<Tenant> =>
  Tenant.parse((await api.send('POST', '/v1/tenants', { ...as(), body: { name: 'Acme', ...body } })).body)
const get = (id: string) => api.send('GET', `/v1/tenants/${id}`, as())
const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
  api.send('PATCH', `/v1/tenants/${id}`, { ...as(), body, headers })
const itemsOf = (body: unknown) => z.object({ items: z.array(z.looseObject({})), next_cursor: z.string().optional() }).parse(body)

describe('a tenant', () => {
  it('is made on the default plan, and found where its answer says', async () => {
    const reply = await api.send('POST', '/v1/tenants', { ...as(), body: { name: 'Acme' } })
    const tenant = Tenant.parse(reply.body)
    expect(tenant).toMatchObject({
      ...{ name: 'Acme', state: 'active', plan: 'standard', overridden: [] },
      quota: { clusters: 20, nodes: 200, cpu_units: 32_768, memory_mib: 65_536, webhooks: 10, keys: 50, requests_per_second: 100 },
      usage: { clusters: 0, nodes: 0, cpu_units: 0, memory_mib: 0, webhooks: 0, keys: 0 },
    })
    const found = await api.send('GET', reply.headers.location ?? '', as())
    expect(found.body).toEqual(reply.body)
    expect(found.headers.etag).toBe(reply.headers.etag)
  })

  it('follows its plan but for limits of its own', async () => {
    const { id, quota, overridden } = await create({ plan: 'starter', quota: { clusters: 7, requests_per_second: 5 } })
    expect({ quota, overridden }).toMatchObject({
      quota: { clusters: 7, nodes: 30, requests_per_second: 5 },
      overridden: ['clusters', 'requests_per_second'],
    })
    const moved = await patch(id, { plan: 'large', quota: { requests_per_second: null, webhooks: 0 } })
    expect(moved.body).toMatchObject({
      ...{ plan: 'large', overridden: ['clusters', 'webhooks'] },
      quota: { clusters: 7, nodes: 2_000, requests_per_second: 1_000, webhooks: 0 },
    })
    expect(await tableFor(api.deps, tenantId(id)).get(sk.rate)).toMatchObject({ per_second: 1_000, burst: 2_000 })
  })

  it.each(['/v1/tenants', '/v1/tenants/{id}'])('is on no plan that is not on offer: %s', async (path) => {
    const { id } = await create()
    const method = path.endsWith('}') ? 'PATCH' : 'POST'
    const { body } = await api.send(method, path.replace('{id}', id), { ...as(), body: { name: 'x', plan: 'gold' } })
    expect(body).toMatchObject({ status: 422, code: 'plan_not_on_offer', detail: expect.stringContaining('standard, starter, large') })
  })

  it('sees itself and no other', async () => {
    const { id, key } = await api.tenant()
    expect((await api.send('GET', '/v1/tenant', { key })).body).toMatchObject({ id, usage: { keys: 1 } })
    for (const path of [`/v1/tenants/${id}`, '/v1/tenants', '/v1/usage', '/v1/plans', `/v1/tenants/${id}/audit`]) {
      expect((await api.send('GET', path, { key })).body).toMatchObject({ code: 'insufficient_scope' })
    }
  })

  it('shows what it uses, vCPU included, and is listed with it', async () => {
    const { id, key } = await api.tenant()
    await givenCluster(api, key)
    const usage = { clusters: 1, nodes: 6, cpu_units: 192, memory_mib: 1_536, webhooks: 0, keys: 1 }
    expect((await get(id)).body).toMatchObject({ usage })
    const listed = itemsOf((await api.send('GET', '/v1/usage', { ...as(), query: { limit: '1' } })).body)
    expect(listed.items[0]).toMatchObject({ tenant_id: id, plan: 'standard', usage, quota: { clusters: 20 } })
  })

  it('is made once for an Idempotency-Key, by however many at once', async () => {
    const sent = { ...as(), body: { name: 'Once' }, headers: { 'idempotency-key': 'once' } }
    const replies = await Promise.all(Array.from({ length: 6 }, () => api.send('POST', '/v1/tenants', sent)))
    const ids = replies.flatMap(({ status, body }) => (status === 201 ? [Tenant.parse(body).id] : []))
    expect(new Set(ids).size).toBe(1)
    expect((await get(ids[0] ?? '')).status).toBe(200)
  })
})

describe('a change of a tenant', () => {
  it('holds while nobody has changed it since, whatever it has used', async () => {
    const { id, key } = await api.tenant()
    const { etag = '' } = (await get(id)).headers
    await givenCluster(api, key)
    const used = (await get(id)).headers.etag
    expect(used).not.toBe(etag)
    expect((await patch(id, { name: 'New' }, { 'if-match': etag })).status).toBe(200)
    expect((await patch(id, { name: 'Newer' }, { 'if-match': etag })).body).toMatchObject({ status: 412, code: 'precondition_failed' })
    expect((await patch(id, { name: 'Newest' }, { 'if-match': '*' })).body).toMatchObject({ name: 'Newest' })
    expect((await patch(id, {}, { 'if-match': 'W/"3.x"' })).status).toBe(412)
    expect((await patch(id, {}, { 'if-match': '3' })).body).toMatchObject({ status: 400, code: 'invalid_header' })
  })

  it('may leave less than is used: then it only stops growing', async () => {
    const { id, key } = await api.tenant()
    const cluster = await givenCluster(api, key)
    expect((await patch(id, { quota: { clusters: 0, cpu_units: 0, keys: 0 } })).status).toBe(200)
    expect((await api.send('GET', `/v1/clusters/${cluster.id}`, { key })).status).toBe(200)
    const refused = await api.send('POST', '/v1/clusters', { key, body: SMALL })
    expect(refused.body).toMatchObject({ code: 'quota_exceeded', quota: 'clusters', used: 1, limit: 0 })
    await patch(id, { quota: { clusters: null } })
    const noCpu = await api.send('POST', '/v1/clusters', { key, body: SMALL })
    expect(noCpu.body).toMatchObject({ code: 'quota_exceeded', quota: 'cpu_units', used: 192, limit: 0, requested: 192 })
  })

  it('is refused in whole when any of it is not valid', async () => {
    const { id } = await create()
    const before = await api.kept()
    for (const body of [{ state: 'suspended' }, { quota: { keys: -1 } }, { quota: { requests_per_second: 0 } }, { name: '' }, []]) {
      expect((await patch(id, body)).status).toBe(400)
    }
    expect((await patch(`ten_${'0'.repeat(26)}`, {})).body).toMatchObject({ code: 'not_found' })
    expect(await api.kept()).toEqual(before)
  })

  it('is in the trail of the tenant, with who did it', async () => {
    const { id } = await create()
    await patch(id, { name: 'B' })
    const { items } = itemsOf((await api.send('GET', `/v1/tenants/${id}/audit`, as())).body)
    expect(items).toMatchObject([{ action: 'updateTenant', status: 200, actor: { type: 'key', platform: true } }])
  })

  it('takes effect on the next requests', async () => {
    const { id, key } = await api.tenant({ quota: { requests_per_second: 1 } })
    const ask = () => api.send('GET', '/v1/tenant', { key })
    const replies = await Promise.all(Array.from({ length: 4 }, ask))
    const [refused] = replies.filter(({ status }) => status === 429)
    expect(refused).toMatchObject({
      headers: { 'ratelimit-policy': '"tenant";q=2;w=2', 'retry-after': '1', ratelimit: expect.stringMatching(/^"tenant";r=0;t=[12]$/) },
      body: { code: 'rate_limited', retryable: true },
    })
    await patch(id, { quota: { requests_per_second: 50 } })
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await ask()).toMatchObject({ status: 200, headers: { 'ratelimit-policy': '"tenant";q=100;w=2' } })
  })
})

describe('a suspended tenant', () => {
  it('reads and changes nothing, knows why, and goes on where it was', async () => {
    const { id, key } = await api.tenant()
    const cluster = await givenCluster(api, key)
    const act = (path: string, body?: object) => api.send('POST', `/v1/tenants/${id}/${path}`, { ...as(), ...(body ? { body } : {}) })
    expect((await act('suspend', { reason: 'Invoice 17' })).body).toMatchObject({ state: 'suspended', suspended_reason: 'Invoice 17' })
    expect((await act('suspend', { reason: 'Invoice 17' })).status).toBe(200)
    expect((await api.send('GET', '/v1/tenant', { key })).body).toMatchObject({ suspended_reason: 'Invoice 17' })
    expect((await api.send('GET', `/v1/clusters/${cluster.id}`, { key })).status).toBe(200)
    expect((await api.send('DELETE', `/v1/clusters/${cluster.id}`, { key })).body).toMatchObject({ status: 403, code: 'tenant_suspended' })
    const resumed = Tenant.parse((await act('resume')).body)
    expect(resumed).toMatchObject({ state: 'active' })
    expect(resumed).not.toHaveProperty('suspended_reason')
    expect((await api.send('DELETE', `/v1/clusters/${cluster.id}`, { key })).status).toBe(202)
  })
})

describe('the lists of the platform', () => {
  it('show every tenant once, newest first, page by page', async () => {
    const made = [await create(), await create(), await create()].map(({ id }) => id)
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) }
      const page = itemsOf((await api.send('GET', '/v1/tenants', { ...as(), query })).body)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    expect(seen.slice(0, 3)).toEqual(made.toReversed())
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('offer the plans of the cell', async () => {
    const { items } = itemsOf((await api.send('GET', '/v1/plans', as())).body)
    expect(items.map(({ name }) => name)).toEqual(config.plans.map(({ name }) => name))
    expect(items.map((plan) => plan.default)).toEqual([true, false, false])
  })
})
