import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { throttled } from '../../../local/dynamodb/faults.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { type Api, givenApi, givenCluster, SMALL } from './given.ts'
import { itemsOf } from './given-world.ts'
import { readItem, settled } from './settling.ts'

/** Whoever sleeps on it is there at once; `onSleep` is what happens meanwhile. */
let ahead = 0
let slept: number[] = []
let onSleep: (nth: number) => unknown = () => undefined
const clock = {
  now: () => Date.now() + ahead,
  sleep: async (ms: number) => {
    slept.push(ms)
    await onSleep(slept.length)
    ahead += Math.ceil(ms)
  },
}

/** Nothing can be listed, the places to wait at neither. */
let broken = false
let api: Api
beforeAll(async () => {
  api = await givenApi({ clock }, { next: (operation) => (operation === 'Query' && broken ? throttled() : undefined) })
})
afterEach(() => {
  broken = false
  slept = []
  onSleep = () => undefined
})
afterAll(() => api.stop())

const WAIT = { prefer: 'respond-async, wait=10' }
const look = (key: string, operation: string, headers: Record<string, string> = {}) =>
  api.send('GET', `/v1/operations/${operation}`, { key, headers })
const placesOf = async (tenant: string) => (await itemsOf(api, tenant, 'WAIT#')).map((item) => item.sk)

describe('an answer that is waited for', () => {
  it('of a create comes when the cluster is ready, and shows it so', async () => {
    const tenant = await api.tenant()
    onSleep = async (nth) => {
      const [cluster] = await itemsOf(api, tenant.id, 'CLUSTER#')
      if (nth === 3) await settled(api, tenant.id, String(cluster?.id), 'ready')
    }
    const reply = await api.send('POST', '/v1/clusters', { key: tenant.key, body: SMALL, headers: WAIT })
    expect(reply).toMatchObject({
      status: 202,
      headers: { 'preference-applied': 'wait=10' },
      body: { state: 'ready', operation: { state: 'succeeded', progress_percent: 100 } },
    })
    expect(reply.headers).not.toHaveProperty('retry-after')
    const { headers } = await api.send('GET', reply.headers.location ?? '', { key: tenant.key })
    expect(reply.headers.etag).toBe(headers.etag)
    expect(slept).toHaveLength(3)
    expect(await placesOf(tenant.id)).toEqual([])
  })

  it('of a delete comes when nothing is left', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    onSleep = (nth) => (nth === 2 ? settled(api, tenant.id, id, 'deleted') : undefined)
    const reply = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key, headers: WAIT })
    expect(reply).toMatchObject({ status: 202, body: { state: 'deleted', operation: { type: 'delete', state: 'succeeded' } } })
  })

  it('of a cancel comes when it is taken back', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    onSleep = (nth) => (nth === 2 ? settled(api, tenant.id, id, 'deleted') : undefined)
    const reply = await api.send('POST', `/v1/operations/${operation}/cancel`, { key: tenant.key, headers: WAIT })
    expect(reply).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=10' }, body: { state: 'canceled' } })
    expect(await readItem(api, tenant.id, sk.cluster(id))).toMatchObject({ state: 'deleted' })
  })

  it('of an operation comes when it ends, at once when it has ended', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    onSleep = (nth) => (nth === 4 ? settled(api, tenant.id, id, 'ready') : undefined)
    const reply = await look(tenant.key, operation, WAIT)
    expect(reply).toMatchObject({ status: 200, headers: { 'preference-applied': 'wait=10' }, body: { state: 'succeeded' } })
    expect(slept).toHaveLength(4)
    expect(await look(tenant.key, operation, WAIT)).toMatchObject({
      headers: { 'preference-applied': 'wait=10' },
      body: { state: 'succeeded' },
    })
    expect(slept).toHaveLength(4)
  })

  it('goes out with what is true by then when the time is over, after looks that are few and never rare', async () => {
    const { key } = await api.tenant()
    const { operation } = await givenCluster(api, key)
    const began = clock.now()
    const reply = await look(key, operation, { prefer: 'wait=600' })
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=20', 'retry-after': '1' },
      body: { state: 'running' },
    })
    const held = clock.now() - began
    expect([held >= 20_000, held < 25_000]).toEqual([true, true])
    expect(slept.length).toBeLessThan(30)
    expect(Math.max(...slept)).toBeLessThanOrEqual(1_000)
  })

  it('is the stored one too, as things stand by then', async () => {
    const tenant = await api.tenant()
    const once = { key: tenant.key, body: SMALL, headers: { 'idempotency-key': 'k' } }
    const first = await api.send('POST', '/v1/clusters', once)
    const id = first.headers.location?.split('/').at(-1) ?? ''
    onSleep = (nth) => (nth === 2 ? settled(api, tenant.id, id, 'ready') : undefined)
    const again = await api.send('POST', '/v1/clusters', { ...once, headers: { ...once.headers, ...WAIT } })
    expect(again).toMatchObject({
      status: 202,
      headers: { 'idempotent-replayed': 'true', 'preference-applied': 'wait=10' },
      body: { id, state: 'ready', operation: { state: 'succeeded' } },
    })
    expect((await api.send('POST', '/v1/clusters', once)).text).toBe(first.text)
  })

  it('goes out as it is when it cannot be held: what was asked for is done', async () => {
    const { key } = await api.tenant()
    broken = true
    const reply = await api.send('POST', '/v1/clusters', { key, body: SMALL, headers: WAIT })
    expect(reply).toMatchObject({ status: 202, body: { state: 'creating' } })
    expect(reply.headers).not.toHaveProperty('preference-applied')
  })

  it('is no other for what is refused', async () => {
    const { key } = await api.tenant()
    const refused = await api.send('POST', '/v1/clusters', { key, body: { engine: 'valkey' }, headers: WAIT })
    expect([refused.status, refused.headers['preference-applied'], slept.length]).toEqual([400, undefined, 0])
  })
})

describe('those who wait', () => {
  it('are at most four of a tenant: the next is answered at once', async () => {
    const tenant = await api.tenant()
    const other = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    const elsewhere = await givenCluster(api, other.key)
    // Known to the edge, which then begins what it may.
    await look(tenant.key, operation)
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let four: () => void = () => undefined
    const allFour = new Promise<void>((resolve) => {
      four = resolve
    })
    onSleep = (nth) => {
      if (nth === 4) four()
      return held
    }
    const waiting = Array.from({ length: 4 }, () => look(tenant.key, operation, WAIT))
    await allFour
    expect(await placesOf(tenant.id)).toHaveLength(4)
    const fifth = await look(tenant.key, operation, WAIT)
    expect(fifth).toMatchObject({ status: 200, body: { state: 'running' } })
    expect(fifth.headers).not.toHaveProperty('preference-applied')
    const another = look(other.key, elsewhere.operation, WAIT)
    await settled(api, tenant.id, id, 'ready')
    release()
    for (const reply of await Promise.all(waiting))
      expect(reply).toMatchObject({ headers: { 'preference-applied': 'wait=10' }, body: { state: 'succeeded' } })
    expect((await another).headers).toMatchObject({ 'preference-applied': 'wait=10' })
    expect(await placesOf(tenant.id)).toEqual([])
  })

  it('and were killed meanwhile keep their place for no longer than they would have waited', async () => {
    const tenant = await api.tenant()
    const { operation } = await givenCluster(api, tenant.key)
    const table = tableFor(api.deps, tenantId(tenant.id))
    const until = (number: number) => new Date(clock.now() + (number === 2 ? -1 : 60_000)).toISOString()
    for (let number = 0; number < 4; number += 1) await table.put(sk.waiter(number), { until: until(number) })
    expect((await look(tenant.key, operation, WAIT)).headers).toMatchObject({ 'preference-applied': 'wait=10' })
    expect(await placesOf(tenant.id)).toEqual(['WAIT#0', 'WAIT#1', 'WAIT#3'])
  })

  it('are not those who are refused: a key that was revoked, though it was good a moment ago, is told so at once', async () => {
    const tenant = await api.tenant()
    const { operation } = await givenCluster(api, tenant.key)
    const doomed = await issueTenantKey(api.deps, tenantId(tenant.id), { scopes: ['read'] })
    expect(await look(doomed.key, operation)).toMatchObject({ status: 200 })
    const path = `/v1/tenants/${tenant.id}/keys/${doomed.id}`
    expect(await api.send('DELETE', path, { key: api.platformKey })).toMatchObject({ status: 204 })
    expect(await look(doomed.key, operation, WAIT)).toMatchObject({ status: 401, body: { code: 'key_revoked' } })
    expect(slept).toEqual([])
    expect(await placesOf(tenant.id)).toEqual([])
  })
})
