import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { apiKeyKey, tenantId } from '../../../shared/platform/table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { cellTable } from '../../local/dynamodb/given.ts'
import { type Api, givenApi, givenCluster } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

/** Changes a key behind the function's back, as another process would. */
async function change(keyId: string, changes: object): Promise<void> {
  const record = (await api.items()).find((item) => item.pk === `KEY#${keyId}`)
  await api.deps.ownDocuments.send(new PutCommand({ TableName: cellTable.name, Item: { ...record, ...changes, ...apiKeyKey(keyId) } }))
}

describe('a key that the function has seen before', () => {
  it('is refused from the moment it has expired, its early answer thrown away', async () => {
    const tenant = await api.tenant()
    const { key, id } = await issueTenantKey(api.deps, tenantId(tenant.id), {})
    const cluster = await givenCluster(api, key, { name: 'mine' })
    expect((await api.send('GET', `/v1/clusters/${cluster.id}`, { key })).status).toBe(200)
    await change(id, { expires_at: '2020-01-01T00:00:00.000Z' })
    const reply = await api.send('GET', `/v1/clusters/${cluster.id}`, { key })
    expect(reply).toMatchObject({ status: 401, body: { code: 'key_expired' } })
    expect(reply.text).not.toContain('mine')
    expect((await api.send('GET', `/v1/clusters/${cluster.id}`, { key })).status).toBe(401)
  })

  it('has the scopes of now, not those of before', async () => {
    const tenant = await api.tenant()
    const { key, id } = await issueTenantKey(api.deps, tenantId(tenant.id), { scopes: ['read'] })
    expect((await api.send('GET', '/v1/clusters', { key })).status).toBe(200)
    await change(id, { scopes: ['write'] })
    expect(await api.send('GET', '/v1/clusters', { key })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
  })

  it('is answered for the tenant of now, should it ever be another’s', async () => {
    const [before, after] = [await api.tenant(), await api.tenant()]
    const { key, id } = await issueTenantKey(api.deps, tenantId(before.id), {})
    await givenCluster(api, key, { name: 'of before' })
    expect((await api.send('GET', '/v1/clusters', { key })).text).toContain('of before')
    await change(id, { tenant_id: after.id })
    const reply = await api.send('GET', '/v1/clusters', { key })
    expect(reply.status).toBe(200)
    expect(reply.text).not.toContain('of before')
  })
})
