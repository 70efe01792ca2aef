import * as z from 'zod'
import { type Api, givenApi } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const Made = z.object({ id: z.string() })

describe('a request without a body', () => {
  it('asks for the defaults where nothing in the body is required', async () => {
    const { id } = await api.tenant()
    const made = await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey })
    expect(made.status).toBe(201)
    const rotated = await api.send('POST', `/v1/tenants/${id}/keys/${Made.parse(made.body).id}/rotate`, { key: api.platformKey })
    expect(rotated.status).toBe(201)
  })

  it('is the same request as one with an empty object, to its Idempotency-Key', async () => {
    const { id } = await api.tenant()
    const headers = { 'idempotency-key': 'k' }
    await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, headers })
    const again = await api.send('POST', `/v1/tenants/${id}/keys`, { key: api.platformKey, headers, body: {} })
    expect(again.body).toMatchObject({ code: 'secret_shown_once' })
  })

  it('is refused where something is', async () => {
    const { key } = await api.tenant()
    expect((await api.send('POST', '/v1/clusters', { key })).body).toMatchObject({ status: 400, code: 'invalid_json' })
  })
})
