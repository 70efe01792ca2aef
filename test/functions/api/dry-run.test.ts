import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Host } from '../../../shared/platform/hosts.ts'
import { type Api, AZS, givenApi, SMALL } from './given.ts'

const environment = {
  CELL: 'cell-1',
  ECS_CLUSTER: 'cell-1',
  HOST_LIMITS: JSON.stringify({ small: { max_per_az: 1, cpu_units: 4096, memory_mib: 7_000, interfaces: 10 } }),
}
const host = (az: string): Host => ({
  arn: `arn:aws:ecs:eu-west-1:123456789012:container-instance/cell-1/${az}`,
  capacityProvider: `small-${az}`,
  takesTasks: true,
  free: { cpu_units: 4096, memory_mib: 7_000 },
  tasks: 0,
})

let hosts: Host[] | Error = []
let api: Api
beforeAll(async () => {
  let preview: (event: object) => Promise<unknown> = () => Promise.reject(new Error('not there yet'))
  api = await givenApi({ preview: (event) => preview(event) })
  // The function itself, with the environment that givenApi has set.
  Object.assign(process.env, environment)
  const { createHandler } = await import('../../../functions/preview.ts')
  preview = createHandler({
    hosts: async () => {
      if (Error.isError(hosts)) throw hosts
      return hosts
    },
  })
})
afterEach(() => {
  hosts = AZS.map(host)
})
afterAll(() => api.stop())

const dryRun = (key: string, body: object = {}, headers: Record<string, string> = {}) =>
  api.send('POST', '/v1/clusters', { key, body: { ...SMALL, ...body }, headers, query: { dry_run: 'true' } })

describe('a dry run', () => {
  it('says what a create would make, take, cost, and where it would go', async () => {
    hosts = AZS.map(host)
    const { key } = await api.tenant()
    const { status, body } = await dryRun(key)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1, size: '256m', azs: AZS, durability: 'replicated' },
      node_count: 6,
      placement: { possible: true, missing: [] },
      price: { currency: 'USD', per_hour: '0.011740', per_month: '8.57' },
    })
    expect(Reflect.get(Object(body), 'quota')).toEqual(
      expect.arrayContaining([
        { quota: 'clusters', takes: 1, left: 19, limit: 20 },
        { quota: 'nodes', takes: 6, left: 194, limit: 200 },
        { quota: 'memory_mib', takes: 1536, left: 64_000, limit: 65_536 },
      ]),
    )
  })

  it('writes nothing, starts nothing, keeps no answer and is no change in the audit trail', async () => {
    const { key } = await api.tenant()
    api.started.length = 0
    const before = await api.items()
    const headers = { 'idempotency-key': 'dry' }
    await dryRun(key, {}, headers)
    const after = await api.items()
    const counted = /^(RATE|QUOTA)$/
    const still = (items: Record<string, unknown>[]) => items.filter(({ sk }) => !counted.test(String(sk))).map(({ pk, sk }) => [pk, sk])
    expect(still(after)).toEqual(still(before))
    expect(api.started).toEqual([])
    expect(await api.send('POST', '/v1/clusters', { key, body: SMALL, headers })).toMatchObject({ status: 202 })
  })

  it('is refused as the create would be', async () => {
    const { key } = await api.tenant()
    expect(await dryRun(key, { engine: 'oracle' })).toMatchObject({ status: 422, body: { code: 'engine_not_on_offer' } })
    expect(await dryRun(key, { size: '64g' })).toMatchObject({ status: 422, body: { code: 'size_not_available' } })
    expect(await dryRun(key, { azs: ['mars-1'] })).toMatchObject({ status: 422, body: { code: 'az_not_available' } })
    expect(await dryRun(key, { shards: 60, replicas: 3 })).toMatchObject({ status: 403, body: { code: 'quota_exceeded' } })
    const wrong = await api.send('POST', '/v1/clusters', { key, body: SMALL, query: { dry_run: 'yes' } })
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_value', errors: [{ in: 'query', pointer: '/dry_run' }] } })
  })

  it('tells what is missing where a create would have to wait', async () => {
    hosts = AZS.map(host).map((each, i) => (i === 1 ? { ...each, takesTasks: false } : each))
    const { key } = await api.tenant()
    const { status, body, text } = await dryRun(key)
    expect(status).toBe(200)
    expect(body).toMatchObject({ placement: { possible: false, missing: [{ az: AZS[1], ordinals: [1, 3] }] } })
    expect(text).not.toMatch(/arn:|123456789012|container-instance/)
  })

  it('is asked for again later when nobody can say', async () => {
    hosts = new Error('AccessDenied for arn:aws:ecs:eu-west-1:123456789012:cluster/cell-1')
    const { key } = await api.tenant()
    const reply = await dryRun(key)
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } })
    expect(reply.text).not.toContain('arn:')
  })

  it('that is none makes the cluster', async () => {
    const { key } = await api.tenant()
    expect(await api.send('POST', '/v1/clusters', { key, body: SMALL, query: { dry_run: 'false' } })).toMatchObject({ status: 202 })
  })
})
