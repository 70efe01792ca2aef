import { createHash } from 'node:crypto'
import { TransactionRefused } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, SMALL } from './given.ts'

let api: Api
let tenant: { id: string; key: string }
beforeAll(async () => {
  api = await givenApi()
  tenant = await api.tenant()
})
afterAll(() => api.stop())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.send('POST', path, { key: path.startsWith('/v1/tenants') ? api.platformKey : tenant.key, body, headers })

/** Lambda refuses an answer of 6 MB, and API Gateway makes a 500 of that. */
const LONGEST_PROBLEM = 16_384

describe('a body made to be a nuisance', () => {
  it("may call a label like a member of every object's prototype", async () => {
    const labels = { constructor: 'a', a: '' }
    const { status, body } = await post('/v1/clusters', { ...SMALL, labels })
    expect({ status, body }).toMatchObject({ status: 202, body: { labels } })
    const { items } = JSON.parse((await api.send('GET', '/v1/clusters', { key: tenant.key })).text)
    expect(items[0].labels).toEqual(labels)
  })

  it.each([
    ['unknown fields', '/v1/webhooks', (many: object) => ({ url: 'https://hooks.example.com/', ...many })],
    ['labels that are no text', '/v1/clusters', (many: object) => ({ ...SMALL, labels: many })],
    ['unknown quotas', '/v1/tenants', (many: object) => ({ name: 'a', quota: many })],
  ])('of thousands of %s is told about the first of them', async (_what, path, bodyOf) => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [i.toString(36), 0]))
    const { status, text } = await post(path, bodyOf(many))
    const { errors, detail } = JSON.parse(text)
    expect({ status, told: errors.length }).toEqual({ status: 400, told: 20 })
    expect(detail).toMatch(/; and 199\d\d more$/)
    expect(text.length).toBeLessThan(LONGEST_PROBLEM)
  })

  it('is not repeated at length', async () => {
    const long = 'x'.repeat(100_000)
    for (const body of [
      { ...SMALL, azs: [long] },
      { ...SMALL, version: long },
      { ...SMALL, name: long },
    ]) {
      const { status, text } = await post('/v1/clusters', body)
      expect({ status, short: text.length < LONGEST_PROBLEM }).toEqual({ status: expect.any(Number), short: true })
    }
  })

  it('that is compressed is refused with what to do', async () => {
    const { status, headers, body } = await post('/v1/clusters', SMALL, { 'content-encoding': 'gzip' })
    expect({ status, body }).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type', detail: expect.stringContaining('gzip') },
    })
    expect(headers['accept-encoding']).toBe('identity')
    expect((await post('/v1/clusters', SMALL, { 'content-encoding': 'identity' })).status).toBe(202)
  })

  it('means the last of two members of one name, in the answer as in the table', async () => {
    const { body } = await post('/v1/clusters', '{"engine":"valkey","size":"256m","shards":3,"shards":4}')
    expect(body).toMatchObject({ shards: 4, node_count: 8 })
  })
})

describe('a label name', () => {
  it('that is not one is refused with what one is', async () => {
    const { body } = await post('/v1/clusters', { ...SMALL, labels: { TEAM: 'a' } })
    expect(body).toMatchObject({ detail: expect.stringMatching(/^labels\.TEAM is not a label name: /) })
  })
})

describe('a cursor that its holder made', () => {
  const forged = (path: string, position: Buffer) => {
    const check = createHash('sha256')
      .update(JSON.stringify([tenant.id, path, {}, position.toString('utf8')]))
      .digest('base64url')
      .slice(0, 8)
    return Buffer.concat([Buffer.from(check), position]).toString('base64url')
  }

  it('is refused where no list gives such a position: a key of more than a kilobyte would be', async () => {
    await givenCluster(api, tenant.key)
    for (const position of [Buffer.alloc(370, 0xff), Buffer.from('clu_\u0000'), Buffer.from('#/../../x')]) {
      for (const path of ['/v1/clusters', '/v1/webhooks', '/v1/events', '/v1/operations']) {
        const { body } = await api.send('GET', path, { key: tenant.key, query: { cursor: forged(path, position) } })
        expect(body).toMatchObject({ status: 400, code: 'invalid_cursor' })
      }
    }
  })

  it('leads to nothing but its own list', async () => {
    for (const position of ['0', 'zzzz', '~', 'clu_00000000000000000000000000']) {
      const { status } = await api.send('GET', '/v1/clusters', {
        key: tenant.key,
        query: { cursor: forged('/v1/clusters', Buffer.from(position)) },
      })
      expect([200, 400]).toContain(status)
    }
  })
})

describe('a table that is too busy', () => {
  it.each([['TransactionConflict'], ['ThrottlingError'], ['ProvisionedThroughputExceeded']])('is told as such: %s', async (reason) => {
    const busy = await givenApi({
      openApi: async () => {
        throw new TransactionRefused(['None', reason], new Error('canceled'))
      },
    })
    try {
      expect(await busy.send('GET', '/openapi.json')).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { code: 'unavailable' },
      })
    } finally {
      await busy.stop()
    }
  })
})
