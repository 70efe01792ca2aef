import * as z from 'zod'
import { Cluster } from '../../../shared/contract/cluster.ts'
import { Event } from '../../../shared/contract/event.ts'
import { webhookPayload } from '../../../shared/contract/webhook-payload.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { deliveryBody } from '../../../shared/webhooks/attempt.ts'
import { type Api, AZS, givenApi, givenCluster, givenRecord } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())
beforeEach(() => {
  api.started.length = 0
})

const Page = z.object({ items: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().optional() })
const read = (tenant: string, key: string) => tableFor(api.deps, tenantId(tenant)).get(key)

describe('creating a cluster', () => {
  it('answers the cluster as the offer completes it, and its operation', async () => {
    const { key } = await api.tenant()
    const reply = await api.send('POST', '/v1/clusters', {
      key,
      body: { engine: 'valkey', size: '256m', name: 'My ring', labels: { team: 'a' } },
    })
    expect(reply.status).toBe(202)
    expect(reply.body).toMatchObject({
      name: 'My ring',
      labels: { team: 'a' },
      engine: 'valkey',
      version: '9.1',
      shards: 3,
      replicas: 1,
      node_count: 6,
      size: '256m',
      azs: AZS,
      durability: 'replicated',
      state: 'creating',
      generation: 1,
      observed_generation: 0,
      operation: { type: 'create', state: 'running', steps: [] },
    })
  })

  it('says where cluster and operation are, and when to ask again', async () => {
    const { key } = await api.tenant()
    const { headers, body } = await api.send('POST', '/v1/clusters', { key, body: { engine: 'redis', size: '256m' } })
    const { id, operation } = z.object({ id: z.string(), operation: z.looseObject({ id: z.string() }) }).parse(body)
    expect(headers).toMatchObject({
      location: `/v1/clusters/${id}`,
      'operation-location': `/v1/operations/${operation.id}`,
      'retry-after': '1',
    })
    const shown = await api.send('GET', headers.location ?? '', { key })
    expect({ status: shown.status, etag: shown.headers.etag }).toEqual({ status: 200, etag: headers.etag })
    expect((await api.send('GET', headers['operation-location'] ?? '', { key })).body).toEqual(operation)
  })

  it('writes cluster, operation, event and quota together, and starts the work', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    expect(await read(tenant.id, sk.cluster(id))).toMatchObject({
      intent: 'present',
      generation: 1,
      version: 1,
      wake: 1,
      fence: 0,
      due_at: expect.any(String),
      due_pk: expect.any(String),
    })
    expect(await read(tenant.id, sk.operation(operation))).toMatchObject({ cluster_id: id, state: 'running' })
    expect(await read(tenant.id, sk.event(id, 1))).toMatchObject({
      type: 'cluster.creating',
      sequence: 1,
      data: { cluster_id: id, state: 'creating', operation_id: operation },
    })
    const body = deliveryBody({ event: Event.parse(await read(tenant.id, sk.event(id, 1))) })
    expect(webhookPayload('cluster.creating').parse(JSON.parse(body)).data).toMatchObject({ cluster_id: id, sequence: 1 })
    expect(await read(tenant.id, sk.quota)).toMatchObject({ clusters_used: 1, nodes_used: 6, memory_mib_used: 1536 })
    expect(api.started.map((cluster) => cluster.id)).toEqual([id])
  })

  it('holds though the start hint fails: the stream starts the work', async () => {
    const failing = await givenApi({
      startWork: async () => {
        throw new Error('Step Functions is away')
      },
    })
    try {
      const { key } = await failing.tenant()
      await givenCluster(failing, key)
      expect(JSON.stringify(failing.log)).toContain('start hint failed')
    } finally {
      await failing.stop()
    }
  })
})

describe('looking at clusters', () => {
  it('answers 304 to the ETag that it gave', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    const { headers } = await api.send('GET', `/v1/clusters/${id}`, { key: tenant.key })
    const again = (etag: string) => api.send('GET', `/v1/clusters/${id}`, { key: tenant.key, headers: { 'if-none-match': etag } })
    expect(await again(`"other", W/${headers.etag}`)).toMatchObject({ status: 304, text: '', headers: { etag: headers.etag } })
    await givenRecord(api, tenant.id, id, { state: 'ready' })
    expect((await again(headers.etag ?? '')).status).toBe(200)
  })

  it('lists newest first, page by page, without the deleted ones', async () => {
    const tenant = await api.tenant()
    const ids: string[] = []
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await givenCluster(api, tenant.key)).id)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await givenRecord(api, tenant.id, ids[1] ?? '', { state: 'deleted', intent: 'absent' })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '2', ...(cursor ? { cursor } : {}) }
      const page = Page.parse((await api.send('GET', '/v1/clusters', { key: tenant.key, query })).body)
      expect(page.items.length).toBe(2)
      seen.push(...page.items.map((item) => item.id))
      cursor = page.next_cursor
    } while (cursor)
    expect(seen).toEqual(ids.toSpliced(1, 1))
  })

  it('does not show a deleted one, but its events', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    await givenRecord(api, tenant.id, id, { state: 'deleted', intent: 'absent' })
    const status = async (method: string, path: string) => (await api.send(method, `/v1/clusters/${id}${path}`, { key: tenant.key })).status
    expect([
      await status('GET', ''),
      await status('DELETE', ''),
      await status('GET', '/nodes'),
      await status('GET', '/connection'),
    ]).toEqual([404, 404, 404, 404])
    expect(await status('GET', '/events')).toBe(200)
  })
})

describe('deleting a cluster', () => {
  it('cancels the create under way and wants nothing of it any more', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    await givenRecord(api, tenant.id, id, {
      failures: { LaunchNodes: { code: 'E', message: 'm', count: 2, at: '2030-01-01T00:00:00.000Z' } },
    })
    const reply = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect(reply).toMatchObject({
      status: 202,
      body: { id, state: 'deleting', generation: 2, operation: { type: 'delete', state: 'running' } },
    })
    expect(await read(tenant.id, sk.cluster(id))).toMatchObject({ intent: 'absent', version: 2, wake: 2, failures: {} })
    expect(await read(tenant.id, sk.operation(operation))).toMatchObject({ state: 'canceled', error: { message: 'Superseded by delete' } })
    expect(await read(tenant.id, sk.event(id, 2))).toMatchObject({ type: 'cluster.deleting', sequence: 2 })
    expect(api.started.map(({ generation, wake }) => ({ generation, wake }))).toEqual([
      { generation: 1, wake: 1 },
      { generation: 2, wake: 2 },
    ])
  })

  it('again answers the same operation', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const [first, second] = [
      await api.send('DELETE', `/v1/clusters/${id}`, { key }),
      await api.send('DELETE', `/v1/clusters/${id}`, { key }),
    ]
    expect([second.status, second.text, second.headers['operation-location']]).toEqual([
      202,
      first.text,
      first.headers['operation-location'],
    ])
  })

  it('that gave up is begun again', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    const gaveUp = Cluster.parse((await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })).body).operation_id ?? ''
    const table = tableFor(api.deps, tenantId(tenant.id))
    await table.put(sk.operation(gaveUp), { ...z.looseObject({}).parse(await table.get(sk.operation(gaveUp))), state: 'failed' })
    const { status, body } = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect({ status, again: Cluster.parse(body).operation_id !== gaveUp }).toEqual({ status: 202, again: true })
  })

  it('frees no quota by itself: what runs still counts', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect(await read(tenant.id, sk.quota)).toMatchObject({ clusters_used: 1, nodes_used: 6 })
  })
})
