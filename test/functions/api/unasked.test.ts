import * as z from 'zod'
import { type Api, givenApi, givenCluster } from './given.ts'

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

  it('is all that a route takes which has no use for one', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const sent = { key, body: { force: true } }
    expect((await api.send('DELETE', `/v1/clusters/${id}`, sent)).body).toMatchObject({ status: 400, code: 'unknown_field' })
    expect((await api.send('DELETE', `/v1/clusters/${id}`, { key, body: {} })).status).toBe(202)
  })

  it('is refused where something is', async () => {
    const { key } = await api.tenant()
    expect((await api.send('POST', '/v1/clusters', { key })).body).toMatchObject({ status: 400, code: 'invalid_json' })
  })
})

describe('a condition', () => {
  it('that a route does not heed is refused, and nothing is changed', async () => {
    const { key } = await api.tenant()
    const made = await api.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/' } })
    const path = `/v1/webhooks/${Made.parse(made.body).id}`
    const refused = await api.send('DELETE', path, { key, headers: { 'if-match': '"x"' } })
    expect(refused.body).toMatchObject({ status: 400, code: 'invalid_header' })
    expect((await api.send('GET', path, { key })).status).toBe(200)
  })
})
