import { ROUTES } from '../../../shared/contract/routes.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, givenRecord, SMALL } from './given.ts'

/** Bodies that a route would take, so that nothing but the tenant is wrong. */
const BODIES: Partial<Record<string, object>> = { createCluster: SMALL, createWebhook: { url: 'https://hooks.example.com/' } }
const rows = Object.values(ROUTES).filter((route) => route.scope !== 'public' && route.scope !== 'platform')

let api: Api
let owner: { id: string; key: string }
let stranger: { id: string; key: string }
/** The owner's ids, by path parameter. */
let ids: Record<string, string>
beforeAll(async () => {
  api = await givenApi()
  owner = await api.tenant()
  stranger = await api.tenant()
  const { id, operation } = await givenCluster(api, owner.key, { name: 'secret ring' })
  await givenRecord(api, owner.id, id, { state: 'ready', ready_at: '2030-01-01T00:00:00.000Z' })
  await tableFor(api.deps, tenantId(owner.id)).put(sk.feedEntry(1), {
    id: api.deps.newId('event'),
    type: 'cluster.ready',
    cluster_id: id,
    sequence: 1,
    created_at: '2030-01-01T00:00:00.000Z',
    data: {},
  })
  const webhook = await api.send('POST', '/v1/webhooks', { key: owner.key, body: { url: 'https://hooks.example.com/' } })
  ids = { cluster_id: id, operation_id: operation, webhook_id: JSON.parse(webhook.text).id }
})
afterAll(() => api.stop())

describe('a stranger', () => {
  it.each(rows.map((route) => [route.operationId, route] as const))('learns and changes nothing by %s', async (name, route) => {
    const path = route.path.replaceAll(/\{([^}]+)\}/g, (_, param: string) => ids[param] ?? '')
    const mine = (items: Record<string, unknown>[]) => items.filter((item) => item.pk === `T#${owner.id}`)
    const before = mine(await api.items())
    const body = BODIES[name]
    const reply = await api.send(route.method, path, { key: stranger.key, ...(body ? { body } : {}) })
    if (route.path.includes('{')) expect(reply.body).toMatchObject({ status: 404, code: 'not_found' })
    else expect(reply.status).toBeLessThan(300)
    // A refusal repeats the id that was asked for, and knows no more.
    const told = reply.text.replaceAll(path, '').replaceAll(Object.values(ids).find((id) => path.includes(id)) ?? '-', '')
    for (const secret of [...Object.values(ids), owner.id, 'secret ring']) expect(told).not.toContain(secret)
    expect(mine(await api.items())).toEqual(before)
  })

  it('finds nothing by a filter on a foreign cluster', async () => {
    const { body } = await api.send('GET', '/v1/operations', { key: stranger.key, query: { cluster_id: ids.cluster_id ?? '' } })
    expect(body).toEqual({ items: [] })
  })
})
