import * as z from 'zod'
import { FeedEvent } from '../../../shared/contract/event.ts'
import { sk, type TenantId, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { EventItem } from '../../../shared/webhooks/record.ts'
import { webhookSecrets } from '../../../shared/webhooks/secret.ts'
import { type Api, givenApi, givenCluster } from './given.ts'

const masters = new Map<string, string>()
const secrets = {
  get: async (name: string) => masters.get(name),
  createIfAbsent: async (name: string, make: () => string) => {
    masters.set(name, masters.get(name) ?? make())
    return masters.get(name) ?? ''
  },
  put: async () => undefined,
  delete: async () => undefined,
}

const REFUSED = 'https://refused.example.com/'

let api: Api
beforeAll(async () => {
  const targetPolicy = {
    check: (target: string) => (target === REFUSED ? 'must be another' : undefined),
    resolve: async () => ({ addresses: ['192.0.2.1'] }),
  }
  api = await givenApi({ webhookSecrets: webhookSecrets({ secrets, cell: 'cell-1' }), targetPolicy })
})
afterAll(() => api.stop())

const Made = z.looseObject({ id: z.string(), secret: z.string().optional(), secret_version: z.number() })
const url = 'https://hooks.example.com/ringhold'
const path = (id: string, rest = '') => `/v1/webhooks/${id}${rest}`

async function given(headers: Record<string, string> = {}) {
  const { id: tenant, key } = await api.tenant()
  const made = await api.send('POST', '/v1/webhooks', { key, body: { url }, headers })
  return { tenant: tenantId(tenant), key, webhook: Made.parse(made.body), made }
}
const post = (key: string, at: string, body?: unknown, headers: Record<string, string> = {}) =>
  api.send('POST', at, { key, headers, ...(body === undefined ? {} : { body }) })

/** What the stream does with the tenant's events. */
async function published(tenant: TenantId): Promise<void> {
  const { items } = await tableFor(api.deps, tenant).query({ prefix: 'EVT#' })
  for (const item of items) await publish({ ...api.deps, queue: { send: async () => undefined } }, EventItem.parse(item))
}

describe('a webhook by the API', () => {
  it('is changed only as it was seen', async () => {
    const { key, webhook } = await given()
    const { etag = '' } = (await api.send('GET', path(webhook.id), { key })).headers
    const patch = (body: object, headers = {}) => api.send('PATCH', path(webhook.id), { key, body, headers })
    const first = await patch({ description: 'orders', events: ['cluster.ready'] }, { 'if-match': etag })
    expect(first).toMatchObject({ status: 200, body: { description: 'orders', events: ['cluster.ready'], url } })
    expect(await patch({ description: 'bills' }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed' },
    })
    const { etag: next = '' } = first.headers
    expect((await api.send('GET', path(webhook.id), { key })).headers.etag).toBe(next)
    expect((await patch({ description: null }, { 'if-match': next })).body).not.toHaveProperty('description')
  })

  it('goes to no URL that a new one may not have', async () => {
    const { key, webhook } = await given()
    expect(await api.send('PATCH', path(webhook.id), { key, body: { url: REFUSED } })).toMatchObject({
      status: 422,
      body: { code: 'webhook_url_not_allowed', errors: [{ in: 'body', pointer: '/url' }] },
    })
    const moved = await api.send('PATCH', path(webhook.id), { key, body: { url: `${url}/new` } })
    expect(moved).toMatchObject({ status: 200, body: { url: `${url}/new` } })
  })

  it('is disabled and enabled, any number of times', async () => {
    const { key, webhook } = await given()
    for (const _ of [1, 2]) {
      expect(await post(key, path(webhook.id, '/disable'))).toMatchObject({
        status: 200,
        body: { state: 'disabled', disabled_reason: 'requested', disabled_at: expect.any(String) },
      })
    }
    for (const _ of [1, 2]) expect((await post(key, path(webhook.id, '/enable'))).body).toMatchObject({ state: 'enabled' })
  })
})

describe('the secret of a webhook by the API', () => {
  it('is in the answers to its making and rotation, and to their repetitions, and nowhere in the table', async () => {
    const { key, webhook, made } = await given({ 'idempotency-key': 'make' })
    expect(await post(key, '/v1/webhooks', { url }, { 'idempotency-key': 'make' })).toMatchObject({
      status: 201,
      body: made.body,
      headers: { 'idempotent-replayed': 'true' },
    })
    const rotate = () => post(key, path(webhook.id, '/rotate-secret'), {}, { 'idempotency-key': 'rotate' })
    const rotated = Made.parse((await rotate()).body)
    expect(rotated).toMatchObject({ secret_version: 2, previous_secret_expires_at: expect.any(String) })
    expect(rotated.secret).not.toBe(webhook.secret)
    expect(await rotate()).toMatchObject({ status: 200, body: rotated, headers: { 'idempotent-replayed': 'true' } })
    const table = JSON.stringify(await api.items())
    for (const { secret = '' } of [webhook, rotated]) expect(table).not.toContain(secret.slice('whsec_'.length))
    expect((await api.send('GET', path(webhook.id), { key })).body).not.toHaveProperty('secret')
  })

  it('is shown to no repetition once it was rotated, nor when its webhook is gone', async () => {
    const { key, webhook } = await given({ 'idempotency-key': 'make' })
    const again = () => post(key, '/v1/webhooks', { url }, { 'idempotency-key': 'make' })
    const rotate = () => post(key, path(webhook.id, '/rotate-secret'), {}, { 'idempotency-key': 'rotate' })
    await rotate()
    expect(await again()).toMatchObject({ status: 409, body: { code: 'secret_shown_once' } })
    await api.send('DELETE', path(webhook.id), { key })
    expect(await rotate()).toMatchObject({ status: 409, body: { code: 'secret_shown_once' } })
  })

  it('is not rotated twice within its overlap, unless the one before is revoked', async () => {
    const { key, webhook } = await given()
    const rotate = (body: object = {}) => post(key, path(webhook.id, '/rotate-secret'), body)
    await rotate()
    expect(await rotate()).toMatchObject({ status: 409, body: { code: 'secret_rotating' } })
    expect(await rotate({ previous_secret_expires_in: 604_801 })).toMatchObject({ status: 400, body: { code: 'out_of_range' } })
    expect((await post(key, path(webhook.id, '/revoke-previous-secret'))).body).not.toHaveProperty('previous_secret_expires_at')
    expect(await rotate({ previous_secret_expires_in: 0 })).toMatchObject({ status: 200, body: { secret_version: 3 } })
  })
})

describe('deliveries by the API', () => {
  const Delivery = z.looseObject({ id: z.string(), state: z.string() })

  it('begin with a test, once for its Idempotency-Key', async () => {
    const { key, webhook } = await given()
    const test = () => post(key, path(webhook.id, '/test'), undefined, { 'idempotency-key': 'test' })
    const { status, headers, body } = await test()
    const delivery = Delivery.parse(body)
    expect([status, headers.location]).toEqual([202, path(webhook.id, `/deliveries/${delivery.id}`)])
    await test()
    const { body: list } = await api.send('GET', path(webhook.id, '/deliveries'), {
      key,
      query: { type: 'webhook.test', state: 'pending' },
    })
    expect(list).toEqual({ items: [delivery] })
    expect(await api.send('GET', headers.location ?? '', { key })).toMatchObject({ status: 200, body: { ...delivery, attempts: [] } })
    expect(await post(key, `${headers.location}/redeliver`)).toMatchObject({ status: 409, body: { code: 'delivery_pending' } })
    await post(key, path(webhook.id, '/disable'))
    expect(await post(key, path(webhook.id, '/test'))).toMatchObject({ status: 409, body: { code: 'webhook_disabled' } })
  })

  it('of what was missed are recovered, once for their Idempotency-Key', async () => {
    const { tenant, key, webhook } = await given()
    await post(key, path(webhook.id, '/disable'))
    await givenCluster(api, key)
    await published(tenant)
    await post(key, path(webhook.id, '/enable'))
    const recover = () => post(key, path(webhook.id, '/recover'), { since: '2020-01-01T00:00:00Z' }, { 'idempotency-key': 'recover' })
    expect(await recover()).toMatchObject({ status: 202, body: { redelivered: 1 } })
    expect(await recover()).toMatchObject({ body: { redelivered: 1 }, headers: { 'idempotent-replayed': 'true' } })
    expect((await tableFor(api.deps, tenant).query({ prefix: sk.deliveries(webhook.id) })).items).toHaveLength(1)
    expect(await post(key, path(webhook.id, '/recover'), { since: '9999-01-01T00:00:00Z' })).toMatchObject({ status: 400 })
  })
})

describe('the feed by the API', () => {
  const Page = z.object({ items: z.array(FeedEvent), next_cursor: z.string().optional() })
  const read = async (key: string, query: Record<string, string> = {}) =>
    Page.parse((await api.send('GET', '/v1/events', { key, query })).body)

  it('is read from a position, from a cursor, and by type and cluster', async () => {
    const { tenant, key, webhook } = await given()
    const { id } = await givenCluster(api, key)
    await published(tenant)
    await post(key, path(webhook.id, '/disable'))
    await published(tenant)
    const all = await read(key)
    expect(all.items.map(({ type, position, cluster_id, webhook_id }) => [type, position, cluster_id ?? webhook_id])).toEqual([
      ['cluster.creating', 1, id],
      ['webhook.disabled', 2, webhook.id],
    ])
    expect((await read(key, { after: '1' })).items).toMatchObject([{ position: 2 }])
    expect(await read(key, { after: '2' })).toEqual({ items: [] })
    expect((await read(key, { cluster_id: id })).items).toHaveLength(1)
    expect((await read(key, { type: 'webhook.disabled' })).items).toHaveLength(1)
    const { next_cursor: cursor = '' } = await read(key, { limit: '1' })
    expect((await read(key, { limit: '1', cursor })).items).toMatchObject([{ position: 2 }])
    expect((await read(key, { cursor: all.next_cursor ?? '' })).items).toEqual([])
    expect(await api.send('GET', '/v1/events', { key, query: { after: '-1' } })).toMatchObject({
      status: 400,
      body: { code: 'out_of_range' },
    })
    expect(await api.send('GET', '/v1/events', { key, query: { type: 'webhook.test' } })).toMatchObject({ status: 400 })
  })
})
