import * as z from 'zod'
import { isoTime } from '../../../shared/platform/clock.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, AZS, givenApi, givenCluster, givenRecord } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const at = '2030-01-01T00:00:00.000Z'
/** In capitals, which no id has. */
const CREDENTIALS = 'control=CC,CN replication=RC,RN tenant=TC,TN'

async function givenNodes(tenant: string, cluster: string, count: number, placed: boolean, portOf = (_: number) => 6379): Promise<void> {
  const table = tableFor(api.deps, tenantId(tenant))
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    await table.put(sk.node(cluster, ordinal), {
      tenant_id: tenant,
      cluster_id: cluster,
      id: api.deps.newId('node'),
      ordinal,
      shard: ordinal % 3,
      role: ordinal < 3 ? 'primary' : 'replica',
      az: AZS[ordinal % 3],
      attempt: 1,
      request: '{}',
      ports: { client: portOf(ordinal), peers: 17_000, bus: 24_000 },
      ...(placed ? { task_arn: `arn:${ordinal}`, host: `i-${ordinal}`, address: `127.64.0.${ordinal + 1}` } : {}),
      created_at: at,
      updated_at: at,
    })
  }
}

describe('the nodes of a cluster', () => {
  it('are listed by ordinal with where they are and what became of them', async () => {
    const { id: tenant, key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await givenNodes(tenant, id, 6, true)
    await givenNodes(tenant, id, 1, false)
    const { body } = await api.send('GET', `/v1/clusters/${id}/nodes`, { key })
    const { items } = z.object({ items: z.array(z.looseObject({ ordinal: z.int() })) }).parse(body)
    expect(items.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5])
    expect(items[0]).toMatchObject({ state: 'pending', role: 'primary', az: AZS[0] })
    expect(items[5]).toMatchObject({ state: 'running', role: 'replica', address: '127.64.0.6', host: expect.any(String) })
    expect(JSON.stringify(body)).not.toContain('request')
  })

  it('name their hosts so that a tenant sees which of its nodes share one, and nothing of ours or of its neighbours', async () => {
    const hostsOf = async (tenant: { id: string; key: string }) => {
      const { id } = await givenCluster(api, tenant.key)
      await givenNodes(tenant.id, id, 6, true)
      const { text } = await api.send('GET', `/v1/clusters/${id}/nodes`, { key: tenant.key })
      return z
        .object({ items: z.array(z.looseObject({ host: z.string() })) })
        .parse(JSON.parse(text))
        .items.map(({ host }) => host)
    }
    const [mine, other] = [await api.tenant(), await api.tenant()]
    const [first, second, foreign] = [await hostsOf(mine), await hostsOf(mine), await hostsOf(other)]
    expect(new Set(first).size).toBe(6)
    expect(second).toEqual(first)
    expect(foreign.filter((host) => first.includes(host))).toEqual([])
    for (const host of first) expect(host).toMatch(/^hst_[0-9a-f]{16}$/)
  })
})

describe('the connection', () => {
  it('is refused until the ring has served, with what to wait for', async () => {
    const { key } = await api.tenant()
    const { id, operation } = await givenCluster(api, key)
    expect(await api.send('GET', `/v1/clusters/${id}/connection`, { key })).toMatchObject({
      status: 409,
      body: {
        code: 'cluster_not_ready',
        state: 'creating',
        operation_id: operation,
        retryable: true,
        detail: expect.stringContaining(operation),
      },
    })
  })

  it('names every node, the name of all, and the password of the tenant alone', async () => {
    const { id: tenant, key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await givenNodes(tenant, id, 6, true)
    await givenRecord(api, tenant, id, { state: 'ready', ready_at: at, resources: { credentials_parameter: '/cell-1/there' } })
    api.secrets.set('/cell-1/there', CREDENTIALS)
    const { status, body, text, headers } = await api.send('GET', `/v1/clusters/${id}/connection`, { key })
    expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' })
    expect(body).toMatchObject({
      name: `${id.replace('_', '-')}.cell-1.ringhold.internal`,
      endpoints: expect.arrayContaining(Array.from({ length: 6 }, (_, i) => ({ host: `127.64.0.${i + 1}`, port: 6379 }))),
      password: 'TC',
    })
    expect(text).not.toMatch(/CC|CN|RC|RN|TN/)
  })

  it('has a port for each node and no name where nodes share hosts', async () => {
    const { id: tenant, key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await givenNodes(tenant, id, 6, true, (ordinal) => 10_000 + ordinal)
    await givenRecord(api, tenant, id, {
      ...{ network: 'shared', state: 'ready', ready_at: at, resources: { credentials_parameter: '/cell-1/there' } },
    })
    api.secrets.set('/cell-1/there', `${CREDENTIALS} certificate=CERT key=KEY`)
    const { status, body, text } = await api.send('GET', `/v1/clusters/${id}/connection`, { key })
    expect({ status, name: Reflect.get(Object(body), 'name') }).toEqual({ status: 200, name: undefined })
    const endpoints = Array.from({ length: 6 }, (_, i) => ({ host: `127.64.0.${i + 1}`, port: 10_000 + i }))
    expect(body).toMatchObject({ endpoints, uris: [{ uri: expect.stringContaining('127.64.0.1:10000') }] })
    const { items } = z.object({ items: z.array(z.unknown()) }).parse((await api.send('GET', `/v1/clusters/${id}/nodes`, { key })).body)
    expect(items).toMatchObject(endpoints.map(({ host, port }) => ({ address: host, port })))
    expect(text).not.toMatch(/CERT|KEY|internal/)
  })

  it('is refused again once the cluster is being deleted', async () => {
    const { id: tenant, key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await givenRecord(api, tenant, id, { state: 'ready', ready_at: at })
    await api.send('DELETE', `/v1/clusters/${id}`, { key })
    expect((await api.send('GET', `/v1/clusters/${id}/connection`, { key })).body).toMatchObject({
      code: 'cluster_not_ready',
      state: 'deleting',
    })
  })
})

const Events = z.object({ items: z.array(z.object({ sequence: z.int(), type: z.string() })), next_cursor: z.string().optional() })

describe('events', () => {
  it('of a cluster are told oldest first', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await api.send('DELETE', `/v1/clusters/${id}`, { key })
    const { items } = Events.parse((await api.send('GET', `/v1/clusters/${id}/events`, { key })).body)
    expect(items.map(({ sequence, type }) => [sequence, type])).toEqual([
      [1, 'cluster.creating'],
      [2, 'cluster.deleting'],
    ])
  })

  it('of the tenant are read in the order of its feed, and the reader keeps its place at the end', async () => {
    const { id: tenant, key } = await api.tenant()
    const table = tableFor(api.deps, tenantId(tenant))
    const append = (n: number) =>
      table.put(sk.feedEntry(n), {
        id: api.deps.newId('event'),
        type: 'cluster.ready',
        tenant_id: tenant,
        cluster_id: api.deps.newId('cluster'),
        sequence: n,
        position: n,
        created_at: isoTime(0),
        data: { n },
      })
    const next = async (cursor?: string) => {
      const { body } = await api.send('GET', '/v1/events', { key, query: { limit: '2', ...(cursor ? { cursor } : {}) } })
      const page = Events.parse(body)
      return { sequences: page.items.map((item) => item.sequence), cursor: page.next_cursor }
    }
    await table.put(sk.feed, { sequence: 3 })
    for (const n of [1, 2, 3]) await append(n)
    const first = await next()
    const second = await next(first.cursor)
    expect([first.sequences, second.sequences]).toEqual([[1, 2], [3]])
    expect(await next(second.cursor)).toEqual({ sequences: [], cursor: undefined })
    await append(4)
    expect((await next(second.cursor)).sequences).toEqual([4])
  })
})

describe('operations', () => {
  it('are listed newest first, and of one cluster when asked', async () => {
    const { key } = await api.tenant()
    const first = await givenCluster(api, key)
    await new Promise((resolve) => setTimeout(resolve, 2))
    const second = await givenCluster(api, key)
    const list = async (query: Record<string, string>) => {
      const { body } = await api.send('GET', '/v1/operations', { key, query })
      return z
        .object({ items: z.array(z.object({ id: z.string() })) })
        .parse(body)
        .items.map(({ id }) => id)
    }
    expect(await list({})).toEqual([second.operation, first.operation])
    expect(await list({ cluster_id: first.id, limit: '1' })).toEqual([first.operation])
  })

  it('show their steps in the order they began', async () => {
    const { id: tenant, key } = await api.tenant()
    const { operation } = await givenCluster(api, key)
    const table = tableFor(api.deps, tenantId(tenant))
    await table.update(sk.operation(operation), {
      update: 'SET steps = :steps',
      values: {
        ':steps': {
          AwaitNodes: { name: 'AwaitNodes', state: 'running', started_at: '2030-01-01T00:00:02.000Z' },
          LaunchNodes: { name: 'LaunchNodes', state: 'succeeded', started_at: '2030-01-01T00:00:01.000Z', detail: '6 nodes' },
        },
      },
    })
    const { body, headers } = await api.send('GET', `/v1/operations/${operation}`, { key })
    expect(body).toMatchObject({ steps: [{ name: 'LaunchNodes', detail: '6 nodes' }, { name: 'AwaitNodes' }] })
    expect(headers['retry-after']).toBe('1')
  })
})
