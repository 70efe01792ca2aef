import { KeyWithSecret } from '../../../shared/contract/key.ts'
import { type Api, givenApi } from './given.ts'
import { itemsOf } from './given-world.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi({ clock: { now: () => 1_900_000_000_000, sleep: async () => {} } })
})
afterAll(() => api.stop())

describe('who asks for what the key may not do', () => {
  it('uses up the rate of the tenant with it, and writes no more into the audit trail than that lets through', async () => {
    const { id } = await api.tenant({ quota: { requests_per_second: 1 } })
    const made = await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, body: { scopes: ['read'] } })
    const { key } = KeyWithSecret.parse(made.body)
    const before = (await itemsOf(api, id, 'AUDIT#')).length
    const codes: unknown[] = []
    for (let i = 0; i < 6; i += 1) codes.push((await api.send('POST', i % 2 ? '/v1/clusters' : '/v1/tenants', { key, body: {} })).status)
    expect(codes).toEqual([403, 403, 429, 429, 429, 429])
    expect((await itemsOf(api, id, 'AUDIT#')).length).toBe(before + 2)
  })
})
