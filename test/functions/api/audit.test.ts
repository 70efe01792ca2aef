import * as z from 'zod'
import { AuditEntry } from '../../../shared/contract/audit.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { type Api, givenApi, givenCluster, SMALL } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const Trail = z.object({ items: z.array(AuditEntry), next_cursor: z.string().optional() })
const HOOK = { url: 'https://hooks.example.com/' }

async function given() {
  const tenant = await api.tenant()
  const admin = await issueTenantKey(api.deps, tenantId(tenant.id), { scopes: ['admin'] })
  const trail = async () => Trail.parse((await api.send('GET', '/v1/audit', { key: admin.key })).body).items
  return { ...tenant, admin, trail }
}

describe('the audit trail', () => {
  it('says of a change who made it, what it was, from where, when, and what came of it', async () => {
    const { key, trail } = await given()
    const before = Date.now()
    const { id } = await givenCluster(api, key)
    await api.send('DELETE', `/v1/clusters/${id}`, { key })
    const [deleted, created] = await trail()
    expect(created).toMatchObject({
      actor: { type: 'key', id: `key_${key.split('_')[2]}`, platform: false },
      action: 'createCluster',
      path: '/v1/clusters',
      status: 202,
      source_ip: '192.0.2.1',
      user_agent: 'test',
      request_id: expect.any(String),
    })
    expect(deleted).toMatchObject({ action: 'deleteCluster', path: `/v1/clusters/${id}`, status: 202 })
    expect(Date.parse(created?.at ?? '')).toBeGreaterThanOrEqual(before)
  })

  it('has an entry for a change that was refused, with the code', async () => {
    const { key, trail } = await given()
    await api.send('DELETE', `/v1/clusters/${api.deps.newId('cluster')}`, { key })
    await api.send('POST', '/v1/clusters', { key, body: { ...SMALL, engine: 'sqlite' } })
    expect((await trail()).slice(0, 2)).toMatchObject([
      { action: 'createCluster', status: 422, code: 'engine_not_on_offer' },
      { action: 'deleteCluster', status: 404, code: 'not_found' },
    ])
  })

  it('has none for what was only badly written, nor for reads of what is no secret', async () => {
    const { key, trail } = await given()
    const before = await trail()
    await api.send('POST', '/v1/clusters', { key, body: '{' })
    await api.send('POST', '/v1/clusters', { key, body: {} })
    await api.send('GET', '/v1/clusters', { key })
    expect(await trail()).toEqual(before)
  })

  it('has one entry for a change that was asked for twice with one Idempotency-Key', async () => {
    const { key, trail } = await given()
    const headers = { 'idempotency-key': 'hook-1' }
    const twice = { key, body: SMALL, headers }
    await api.send('POST', '/v1/clusters', twice)
    await api.send('POST', '/v1/clusters', twice)
    expect((await trail()).filter(({ action }) => action === 'createCluster')).toHaveLength(1)
  })

  it('has another for a repetition that told a secret again', async () => {
    const { key, trail } = await given()
    const headers = { 'idempotency-key': 'hook-1' }
    await api.send('POST', '/v1/webhooks', { key, body: HOOK, headers })
    expect((await api.send('POST', '/v1/webhooks', { key, body: HOOK, headers })).text).toContain('whsec_')
    expect((await trail()).filter(({ action }) => action === 'createWebhook')).toHaveLength(2)
  })

  it('has another for a repeated rotation, which tells a secret again, and none for a repeated delete, which tells nothing', async () => {
    const { key, trail } = await given()
    const { body } = await api.send('POST', '/v1/webhooks', { key, body: HOOK })
    const { id } = z.object({ id: z.string() }).parse(body)
    const headers = { 'idempotency-key': 'hook-2' }
    const rotate = () => api.send('POST', `/v1/webhooks/${id}/rotate-secret`, { key, body: {}, headers })
    await rotate()
    expect((await rotate()).text).toContain('whsec_')
    const remove = () => api.send('DELETE', `/v1/webhooks/${id}`, { key, headers: { 'idempotency-key': 'hook-3' } })
    await remove()
    expect(await remove()).toMatchObject({ status: 204, headers: { 'idempotent-replayed': 'true' } })
    const actions = (await trail()).map(({ action }) => action)
    expect(actions).toEqual(['deleteWebhook', 'rotateWebhookSecret', 'rotateWebhookSecret', 'createWebhook', 'createTenantKey'])
  })

  it('tells when a key was used to read a secret, or tried to', async () => {
    const { key, trail } = await given()
    const { id } = await givenCluster(api, key)
    await api.send('GET', `/v1/clusters/${id}/connection`, { key })
    expect((await trail())[0]).toMatchObject({ action: 'getConnection', path: `/v1/clusters/${id}/connection`, status: 409 })
  })

  it('tells a tenant what the platform did to it, and the platform also by whom', async () => {
    const { id, admin, trail } = await given()
    await api.send('POST', `/v1/tenants/${id}/suspend`, { key: api.platformKey, body: {} })
    const [told] = await trail()
    expect(told).toMatchObject({ action: 'suspendTenant', actor: { type: 'key', id: 'platform', platform: true } })
    expect(told).not.toHaveProperty('source_ip')
    expect(told).not.toHaveProperty('user_agent')
    const own = Trail.parse((await api.send('GET', `/v1/tenants/${id}/audit`, { key: api.platformKey })).body)
    expect(own.items[0]).toMatchObject({ action: 'suspendTenant', source_ip: '192.0.2.1', user_agent: 'test' })
    expect(own.items[0]?.actor.id).toMatch(/^key_/)
    expect(admin.id).not.toBe(own.items[0]?.actor.id)
  })

  it('goes page by page, newest first', async () => {
    const { key, admin } = await given()
    for (let i = 0; i < 5; i += 1) await api.send('POST', '/v1/webhooks', { key, body: HOOK })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) }
      const page = Trail.parse((await api.send('GET', '/v1/audit', { key: admin.key, query })).body)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
    expect(seen.length).toBeGreaterThanOrEqual(5)
  })

  it('holds no secret and is nobody else’s', async () => {
    const { key, trail } = await given()
    const other = await given()
    await api.send('POST', '/v1/webhooks', { key, body: HOOK })
    const text = JSON.stringify(await trail())
    expect(text).not.toContain(key)
    expect(text).not.toContain('whsec_')
    expect(JSON.stringify(await other.trail())).not.toContain('createWebhook')
  })

  it('keeps of what a caller sends no more than fits', async () => {
    const { key, trail } = await given()
    await api.send('DELETE', '/v1/clusters/x', { key, headers: { 'user-agent': 'so many words '.repeat(1_000) } })
    expect((await trail())[0]?.user_agent).toHaveLength(256)
  })
})
