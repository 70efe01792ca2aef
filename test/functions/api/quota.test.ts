import { throttled, transactionConflict } from '../../../local/dynamodb/faults.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, SMALL } from './given.ts'

/** How many of the next transactions DynamoDB refuses, since the embedded table knows no conflicts. */
let conflicts = 0
let throttles = 0
let api: Api
beforeAll(async () => {
  api = await givenApi(
    {},
    {
      next: (operation) => {
        if (operation !== 'TransactWriteItems') return undefined
        if (conflicts > 0) {
          conflicts -= 1
          return transactionConflict()
        }
        if (throttles === 0) return undefined
        throttles -= 1
        return throttled()
      },
    },
  )
})
afterAll(() => api.stop())
afterEach(() => {
  conflicts = 0
  throttles = 0
})

const create = (key: string, body: object = SMALL) => api.send('POST', '/v1/clusters', { key, body })
const used = (tenant: string) => tableFor(api.deps, tenantId(tenant)).get(sk.quota)

describe('the quota', () => {
  it('is exact when twenty creates come at once', async () => {
    const tenant = await api.tenant({ quota: { clusters: 7 } })
    const replies = await Promise.all(Array.from({ length: 20 }, () => create(tenant.key)))
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(7)
    const refused = replies.filter(({ status }) => status !== 202)
    for (const { body } of refused) expect(body).toMatchObject({ status: 403, code: 'quota_exceeded', quota: 'clusters', limit: 7 })
    expect(await used(tenant.id)).toMatchObject({ clusters_used: 7, nodes_used: 42, memory_mib_used: 7 * 6 * 256 })
  })

  it.each([
    ['nodes', { nodes: 11 }, { requested: 6, used: 6, limit: 11 }],
    ['cpu_units', { cpu_units: 350 }, { requested: 192, used: 192, limit: 350 }],
    ['memory_mib', { memory_mib: 3000 }, { requested: 1536, used: 1536, limit: 3000 }],
  ])('counts %s too, and says what is missing', async (name, quota, members) => {
    const { key } = await api.tenant({ quota })
    expect((await create(key)).status).toBe(202)
    expect((await create(key)).body).toMatchObject({ code: 'quota_exceeded', quota: name, ...members })
    expect((await create(key, { ...SMALL, shards: 3, replicas: 0, size: '256m' })).status).toBe(202)
  })

  it('leaves nothing behind when it refuses', async () => {
    const tenant = await api.tenant({ quota: { clusters: 0 } })
    const before = await api.kept()
    await create(tenant.key)
    expect(await api.kept()).toEqual(before)
  })

  it('has defaults', async () => {
    const tenant = await api.tenant()
    expect(await used(tenant.id)).toMatchObject({ clusters_limit: 20, nodes_limit: 200, memory_mib_limit: 65_536, webhooks_limit: 10 })
  })
})

describe('a transaction in conflict', () => {
  it('is tried again, and counts once', async () => {
    const tenant = await api.tenant()
    conflicts = 4
    expect((await create(tenant.key)).status).toBe(202)
    expect(await used(tenant.id)).toMatchObject({ clusters_used: 1 })
  })

  it('that never ends is told as such, with nothing written', async () => {
    const patient = { now: () => Date.now(), sleep: async () => {} }
    const busy = await givenApi(
      { clock: patient },
      { next: (operation) => (conflicts > 0 && operation === 'TransactWriteItems' ? transactionConflict() : undefined) },
    )
    try {
      const { key } = await busy.tenant()
      const before = await busy.kept()
      conflicts = 1
      const reply = await busy.send('POST', '/v1/clusters', { key, body: SMALL })
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'unavailable', retryable: true } })
      expect(await busy.kept()).toEqual(before)
      expect(busy.started).toEqual([])
    } finally {
      await busy.stop()
    }
  })

  it('and a throttled table are nothing that a tenant learns more about', async () => {
    const { key } = await api.tenant()
    throttles = 100
    const reply = await create(key)
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(reply.text).not.toMatch(/throughput|dynamo/i)
  })
})
