import * as z from 'zod'
import { throttled } from '../../../local/dynamodb/faults.ts'
import { readCluster } from '../../../shared/clusters/lease.ts'
import { releaseQuota } from '../../../shared/clusters/quota.ts'
import { Tenant } from '../../../shared/contract/tenant.ts'
import { sideBySide } from '../../../shared/platform/side-by-side.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { sweepTenants } from '../../../shared/tenants/sweep.ts'
import { type Api, givenApi, givenCluster, givenRecord, SMALL } from './given.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
/** Calls that the table takes before it fails: as if the function had been killed there, and nothing ran behind it. */
let callsLeft = Number.POSITIVE_INFINITY
let api: Api
beforeAll(async () => {
  const next = () => {
    callsLeft -= 1
    return callsLeft < 0 ? throttled() : undefined
  }
  api = await givenApi({ clock }, { next })
})
afterAll(() => api.stop())
afterEach(() => {
  callsLeft = Number.POSITIVE_INFINITY
})

const as = () => ({ key: api.platformKey })
const remove = (id: string, cascade = false, headers: Record<string, string> = {}) =>
  api.send('DELETE', `/v1/tenants/${id}`, { ...as(), headers, ...(cascade ? { query: { cascade: 'true' } } : {}) })
const stateOf = async (id: string) => Tenant.parse((await api.send('GET', `/v1/tenants/${id}`, as())).body).state
const sweep = async () => {
  clock.offset += 61_000
  return sweepTenants(api.deps, clock.now())
}
const listed = async (id: string): Promise<boolean> =>
  z
    .object({ items: z.array(z.object({ id: z.string() })) })
    .parse((await api.send('GET', '/v1/tenants', { ...as(), query: { limit: '100' } })).body)
    .items.some((tenant) => tenant.id === id)

/** A tenant with two clusters, one of them protected, and a webhook. */
async function givenFull() {
  const tenant = await api.tenant()
  const clusters = [await givenCluster(api, tenant.key), await givenCluster(api, tenant.key, { deletion_protection: true })]
  await api.send('POST', '/v1/webhooks', { key: tenant.key, body: { url: 'https://hooks.example.com/' } })
  return { ...tenant, clusters: clusters.map(({ id }) => id) }
}
/** What the loop does of a cluster that is to go. */
async function takenBack(tenant: string, id: string): Promise<void> {
  const table = tableFor(api.deps, tenantId(tenant))
  const cluster = await readCluster(table, id)
  if (!cluster || cluster.state === 'deleted') return
  await givenRecord(api, tenant, id, { state: 'deleted', deleted_at: '2030-01-01T00:00:00.000Z' })
  await table.transact([releaseQuota(cluster.spec)])
}
const partition = async (id: string) => (await api.items()).filter(({ pk }) => pk === `T#${id}`)

describe('a tenant that has made and deleted many clusters', () => {
  it('loses the ones that are behind all of these as well', async () => {
    const { id, key } = await api.tenant()
    const live = await givenCluster(api, key)
    const table = tableFor(api.deps, tenantId(id))
    const record = await readCluster(table, live.id)
    const gone = Array.from({ length: 1_100 }, (_, i) => `clu_z${String(i).padStart(25, '0')}`)
    await sideBySide(gone, (other) => table.put(sk.cluster(other), { ...record, id: other, state: 'deleted', intent: 'absent' }))
    await remove(id, true)
    expect(await readCluster(table, live.id)).toMatchObject({ intent: 'absent', state: 'deleting' })
    expect(await stateOf(id)).toBe('deleting')
    await takenBack(id, live.id)
    await sweep()
    expect(await stateOf(id)).toBe('deleted')
  })
})

describe('an empty tenant', () => {
  it('is deleted with its keys at once, is shown as such for thirty days, and stays deleted', async () => {
    const { id, key } = await api.tenant()
    const reply = await remove(id)
    expect(reply).toMatchObject({ status: 202, body: { state: 'deleting' } })
    expect(await stateOf(id)).toBe('deleted')
    expect((await api.send('GET', '/v1/tenant', { key })).body).toMatchObject({ status: 401, code: 'key_revoked' })
    expect(await listed(id)).toBe(false)
    const left = (await api.items()).filter((item) => item.pk === `T#${id}` || item.sk === `TENANT#${id}`)
    for (const item of left) expect({ sk: item.sk, expires: typeof item.expires }).toEqual({ sk: item.sk, expires: 'number' })
    expect(await remove(id)).toMatchObject({ status: 202, body: { state: 'deleted' } })
    for (const path of ['suspend', 'resume']) {
      const { body } = await api.send('POST', `/v1/tenants/${id}/${path}`, { ...as(), ...(path === 'suspend' ? { body: {} } : {}) })
      expect(body).toMatchObject({ status: 409, code: 'tenant_deleting' })
    }
  })

  it('that is not there cannot be deleted', async () => {
    expect((await remove(`ten_${'0'.repeat(26)}`)).body).toMatchObject({ status: 404, code: 'not_found' })
    const { id } = await api.tenant()
    const sent = { ...as(), query: { cascade: 'yes' } }
    expect((await api.send('DELETE', `/v1/tenants/${id}`, sent)).body).toMatchObject({ status: 400, code: 'invalid_value' })
  })
})

describe('a tenant with clusters', () => {
  it('is deleted only with them', async () => {
    const full = await givenFull()
    const before = await api.kept()
    expect((await remove(full.id)).body).toMatchObject({ status: 409, code: 'tenant_not_empty' })
    expect(await api.kept()).toEqual(before)
    expect((await api.send('GET', '/v1/tenant', { key: full.key })).status).toBe(200)
  })

  it('goes with its keys first, then its clusters, protected ones too, then its webhooks', async () => {
    const full = await givenFull()
    expect((await remove(full.id, true)).body).toMatchObject({ state: 'deleting', quota: { clusters: 0, keys: 0 } })
    expect((await api.send('POST', '/v1/clusters', { key: full.key, body: SMALL })).body).toMatchObject({ code: 'key_revoked' })
    const table = tableFor(api.deps, tenantId(full.id))
    for (const id of full.clusters) expect(await readCluster(table, id)).toMatchObject({ state: 'deleting', intent: 'absent' })
    const webhooks = async () => (await table.query({ prefix: sk.webhook('') })).items.length
    await sweep()
    expect([await stateOf(full.id), await webhooks()]).toEqual(['deleting', 1])
    for (const id of full.clusters) await takenBack(full.id, id)
    await sweep()
    expect([await stateOf(full.id), await webhooks()]).toEqual(['deleted', 0])
    const { usage } = Tenant.parse((await api.send('GET', `/v1/tenants/${full.id}`, as())).body)
    expect(usage).toEqual({ clusters: 0, nodes: 0, cpu_units: 0, memory_mib: 0, webhooks: 0, keys: 0 })
    expect(await sweep()).toBe(0)
  })

  it('is deleted once for an Idempotency-Key', async () => {
    const full = await givenFull()
    const once = { 'idempotency-key': 'end' }
    const [first, second] = [await remove(full.id, true, once), await remove(full.id, true, once)]
    expect(second).toMatchObject({ status: 202, text: first.text, headers: { 'idempotent-replayed': 'true' } })
  })

  it('gets none by a create that was let in before', async () => {
    const { id, key } = await api.tenant()
    const [created, removed] = await Promise.all([api.send('POST', '/v1/clusters', { key, body: SMALL }), remove(id)])
    if (created.status === 202) expect(removed.body).toMatchObject({ code: 'tenant_not_empty' })
    else expect(removed.status).toBe(202)
    const clusters = (await partition(id)).filter((item) => String(item.sk).startsWith('CLUSTER#'))
    expect(clusters).toHaveLength(created.status === 202 ? 1 : 0)
  })
})

describe('a function that dies', () => {
  it('anywhere in a create leaves a tenant whole, after the sweep, or none', async () => {
    for (let calls = 0; calls < 12; calls += 1) {
      const before = new Set((await api.items()).map(({ pk }) => pk))
      callsLeft = calls
      await api.send('POST', '/v1/tenants', { ...as(), body: { name: 'Half' } })
      callsLeft = Number.POSITIVE_INFINITY
      await sweep()
      const items = await api.items()
      const entries = items.filter((item) => item.pk === 'T#platform' && String(item.sk).startsWith('TENANT#') && item.founding)
      expect(entries).toEqual([])
      const made = new Set(items.map(({ pk }) => String(pk)).filter((pk) => !before.has(pk) && pk.startsWith('T#ten_')))
      for (const pk of made) {
        expect(await stateOf(pk.slice(2))).toBe('active')
        expect(items.filter((item) => item.pk === pk).map((item) => item.sk)).toEqual(['QUOTA', 'RATE', 'TENANT'])
      }
    }
  }, 60_000)

  it('anywhere in a create leaves one that the same request finishes, before the sweep does', async () => {
    for (let calls = 0; calls < 12; calls += 1) {
      const headers = { 'idempotency-key': `half-${calls}` }
      const make = () => api.send('POST', '/v1/tenants', { ...as(), headers, body: { name: 'Half' } })
      callsLeft = calls
      await make()
      callsLeft = Number.POSITIVE_INFINITY
      const [again, third] = [await make(), await make()]
      expect(again).toMatchObject({ status: 201, text: third.text })
      expect(await stateOf(Tenant.parse(again.body).id)).toBe('active')
    }
  }, 60_000)

  it('anywhere in a delete leaves nothing behind, after the sweep', async () => {
    for (let calls = 4; calls < 60; calls += 5) {
      const full = await givenFull()
      callsLeft = calls
      await remove(full.id, true)
      callsLeft = Number.POSITIVE_INFINITY
      const begun = (await stateOf(full.id)) !== 'active'
      await sweep()
      for (const id of begun ? full.clusters : []) await takenBack(full.id, id)
      await sweep()
      expect(await stateOf(full.id)).toBe(begun ? 'deleted' : 'active')
      const code = begun ? 'key_revoked' : undefined
      expect(z.looseObject({ code: z.string().optional() }).parse((await api.send('GET', '/v1/tenant', { key: full.key })).body).code).toBe(
        code,
      )
    }
  }, 60_000)

  it('in the sweep itself leaves the rest to the next', async () => {
    const full = await givenFull()
    await remove(full.id, true)
    for (const id of full.clusters) await takenBack(full.id, id)
    for (let calls = 1; (await stateOf(full.id)) !== 'deleted'; calls += 1) {
      expect(calls).toBeLessThan(60)
      callsLeft = calls
      await sweep().catch(() => undefined)
      callsLeft = Number.POSITIVE_INFINITY
    }
    expect(await listed(full.id)).toBe(false)
  }, 60_000)
})
