import * as z from 'zod'
import { KeyWithSecret } from '../../../shared/contract/key.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { sweepTenants } from '../../../shared/tenants/sweep.ts'
import { type Api, givenApi } from './given.ts'

const clock = { offset: 0, now: () => Date.now() + clock.offset, sleep: async () => {} }
let api: Api
beforeAll(async () => {
  api = await givenApi({ clock })
})
afterAll(() => api.stop())

const WEEK = 7 * 86_400
let tenant = ''
let admin = ''
beforeEach(async () => {
  tenant = (await api.tenant({ quota: { keys: 3 } })).id
  const made = await api.send('POST', `/v1/tenants/${tenant}/keys`, { key: api.platformKey, body: { scopes: ['admin'] } })
  admin = KeyWithSecret.parse(made.body).key
})

const make = (body: object = {}) => api.send('POST', '/v1/keys', { key: admin, body })
const rotate = async (id: string, body: object = {}) =>
  KeyWithSecret.parse((await api.send('POST', `/v1/keys/${id}/rotate`, { key: admin, body })).body)
const revoke = (id: string) => api.send('DELETE', `/v1/keys/${id}`, { key: admin })
const use = async ({ key }: KeyWithSecret) => (await api.send('GET', '/v1/clusters', { key })).status
const counted = async () => z.object({ keys_used: z.int() }).parse(await tableFor(api.deps, tenantId(tenant)).get(sk.quota)).keys_used

describe('no more keys are good than the quota has, but for the ones that are being replaced', () => {
  it('when a successor is revoked: the key before it counts again, until it ends or is revoked', async () => {
    const first = KeyWithSecret.parse((await make()).body)
    const next = await rotate(first.id, { overlap_seconds: WEEK })
    expect(await counted()).toBe(3)
    await revoke(next.id)
    expect(await use(first)).toBe(200)
    expect(await counted()).toBe(3)
    expect((await make()).body).toMatchObject({ code: 'quota_exceeded' })
    clock.offset += (WEEK + 1) * 1_000
    await sweepTenants(api.deps, clock.now())
    expect(await counted()).toBe(2)
  })

  it('whichever of the two is revoked first, or both at once', async () => {
    const first = KeyWithSecret.parse((await make()).body)
    const next = await rotate(first.id)
    await Promise.all([revoke(next.id), revoke(first.id)])
    expect(await counted()).toBe(2)
    const second = KeyWithSecret.parse((await make()).body)
    const after = await rotate(second.id)
    await revoke(after.id)
    await revoke(second.id)
    expect(await counted()).toBe(2)
  })

  it('when a successor expires: the key before it does not outlive that', async () => {
    const first = KeyWithSecret.parse((await make()).body)
    const soon = new Date(clock.now() + 60_000).toISOString()
    const next = await rotate(first.id, { overlap_seconds: WEEK, expires_at: soon })
    expect(await counted()).toBe(3)
    clock.offset += 61_000
    expect([await use(first), await use(next)]).toEqual([401, 401])
  })

  it('when the last moment there is would be passed', async () => {
    const first = KeyWithSecret.parse((await make({ expires_at: '9999-12-31T23:59:59.999Z' })).body)
    clock.offset += 60_000
    const next = await rotate(first.id, { overlap_seconds: 0 })
    expect(next.expires_at).toBe('9999-12-31T23:59:59.999Z')
    await sweepTenants(api.deps, clock.now())
    expect(await use(next)).toBe(200)
    expect(await counted()).toBe(3)
  })
})
