import { type Api, givenApi, givenCluster, SMALL } from './given.ts'

let api: Api
let key: string
beforeAll(async () => {
  api = await givenApi()
  key = (await api.tenant()).key
})
afterAll(() => api.stop())

const post = (body: unknown, path = '/v1/clusters', headers: Record<string, string> = {}) =>
  api.send('POST', path, { key: path.startsWith('/v1/tenants') ? api.platformKey : key, body, headers })

/** What is sent, and the status, code and pointers that come back. */
const CASES: [string, unknown, number, string, string[]][] = [
  ['an unknown field', { ...SMALL, colour: 'red' }, 400, 'unknown_field', ['/colour']],
  ['several unknown fields', { ...SMALL, a: 1, 'b/c~d': 2 }, 400, 'unknown_field', ['/a', '/b~1c~0d']],
  ['a member called __proto__', JSON.parse('{"engine":"valkey","size":"256m","__proto__":{}}'), 400, 'unknown_field', ['/__proto__']],
  [
    'a label called __proto__',
    JSON.parse('{"engine":"valkey","size":"256m","labels":{"__proto__":"x"}}'),
    400,
    'unknown_field',
    ['/labels/__proto__'],
  ],
  ['half a surrogate pair', `{"engine":"valkey","size":"256m","labels":{"a":"\\ud83d"}}`, 400, 'invalid_value', ['/labels/a']],
  ['no engine', { size: '256m' }, 400, 'missing_field', ['/engine']],
  ['no size', { engine: 'valkey' }, 400, 'missing_field', ['/size']],
  ['an engine that is not on offer', { ...SMALL, engine: 'etcd' }, 422, 'engine_not_on_offer', ['/engine']],
  ['a version that is not on offer', { ...SMALL, version: '9.9' }, 422, 'version_not_on_offer', ['/version']],
  ["another engine's version", { ...SMALL, engine: 'redis', version: '9.1' }, 422, 'version_not_on_offer', ['/version']],
  ['a size that there is not', { ...SMALL, size: '3g' }, 422, 'size_not_available', ['/size']],
  ['a size that no host can carry', { ...SMALL, size: '8g' }, 422, 'size_not_available', ['/size']],
  ['an AZ without hosts', { ...SMALL, azs: ['eu-west-1a', 'eu-west-1z'] }, 422, 'az_not_available', ['/azs/1']],
  ['an AZ twice', { ...SMALL, azs: ['eu-west-1a', 'eu-west-1a'] }, 400, 'invalid_value', ['/azs']],
  ['no AZ', { ...SMALL, azs: [] }, 400, 'out_of_range', ['/azs']],
  ['too few shards', { ...SMALL, shards: 2 }, 400, 'out_of_range', ['/shards']],
  ['too many replicas', { ...SMALL, replicas: 4 }, 400, 'out_of_range', ['/replicas']],
  ['half a shard', { ...SMALL, shards: 3.5 }, 400, 'invalid_type', ['/shards']],
  ['a number in quotes', { ...SMALL, shards: '3' }, 400, 'invalid_type', ['/shards']],
  ['null', { ...SMALL, name: null }, 400, 'invalid_type', ['/name']],
  ['an unknown durability', { ...SMALL, durability: 'paper' }, 400, 'invalid_value', ['/durability']],
  ['a name with a line break', { ...SMALL, name: 'a\nb' }, 400, 'invalid_value', ['/name']],
  ['a label that is not text', { ...SMALL, labels: { team: 1 } }, 400, 'invalid_type', ['/labels/team']],
  ['a label name in capitals', { ...SMALL, labels: { TEAM: 'a' } }, 400, 'invalid_value', ['/labels/TEAM']],
  ['several things of different kinds', { ...SMALL, shards: 1, x: 1 }, 400, 'invalid_request', ['/shards', '/x']],
  ['a size and an AZ that are not there', { ...SMALL, size: '8g', azs: ['a'] }, 422, 'az_not_available', ['/azs/0']],
  ['a list', [], 400, 'invalid_type', ['']],
  ['a hundred thousand lists in each other', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'invalid_type', ['']],
  ['text that is not JSON', '{"engine": ', 400, 'invalid_json', []],
  ['nothing', undefined, 400, 'invalid_json', []],
  ['a megabyte', JSON.stringify({ ...SMALL, name: 'x'.repeat(1024 * 1024) }), 413, 'body_too_large', []],
]

describe('a create', () => {
  it.each(CASES)('of %s is refused with its own code and pointer', async (_what, body, status, code, pointers) => {
    const reply = await post(body)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    expect(reply.body).toMatchObject({ type: `/problems/${code}`, status, code, request_id: reply.headers['x-request-id'] })
    const errors = pointers.map((pointer) => expect.objectContaining({ in: 'body', pointer, detail: expect.any(String) }))
    expect(reply.body).toEqual(expect.objectContaining(errors.length > 0 ? { errors } : { title: expect.any(String) }))
  })

  it('that was refused has written nothing and started nothing', async () => {
    const before = await api.kept()
    for (const [, body] of CASES) await post(body)
    await post(SMALL, '/v1/clusters', { 'content-type': 'text/plain' })
    expect(await api.kept()).toEqual(before)
    expect(api.started).toEqual([])
  })

  it('says which value it got and what it expected', async () => {
    const detail = async (body: unknown) => JSON.parse((await post(body)).text).detail
    expect(await detail({ ...SMALL, version: '9.9' })).toBe('version is not a version on offer: 8.0, 8.1, 9.1 (got "9.9")')
    expect(await detail({ ...SMALL, engine: 'etcd' })).toBe('engine is not an engine on offer: valkey, redis (got "etcd")')
    expect(await detail({ ...SMALL, labels: [] })).toBe('labels must be an object')
    expect(await detail({ ...SMALL, azs: [] })).toBe('azs takes at least 1 item')
    expect(await detail({ ...SMALL, colour: 'red' })).toBe('colour is not known here: leave it out (got "red")')
    expect(await detail('{"engine": ')).toBe('The body is not JSON: Unexpected end of JSON input')
  })

  it('takes JSON alone', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json5']) {
      expect((await post(SMALL, '/v1/clusters', { 'content-type': type })).body).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      })
    }
    expect((await post(SMALL, '/v1/clusters', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(202)
  })

  it('is measured in bytes, not characters', async () => {
    const body = JSON.stringify({ ...SMALL, labels: { a: 'é'.repeat(200 * 1024) } })
    expect((await post(body)).body).toMatchObject({ code: 'body_too_large' })
  })
})

describe('other refusals', () => {
  it('point into the query', async () => {
    const list = async (query: Record<string, string>) => (await api.send('GET', '/v1/clusters', { key, query })).body
    expect(await list({ limit: '0' })).toMatchObject({ code: 'out_of_range', errors: [{ in: 'query', pointer: '/limit' }] })
    expect(await list({ limit: '101' })).toMatchObject({ code: 'out_of_range' })
    expect(await list({ page: '2' })).toMatchObject({ code: 'unknown_field', errors: [{ in: 'query', pointer: '/page' }] })
    expect(await list({ cursor: 'AAAA' })).toMatchObject({ code: 'invalid_cursor', errors: [{ in: 'query', pointer: '/cursor' }] })
  })

  it('take a cursor for one list, filter and tenant only', async () => {
    const first = await givenCluster(api, key)
    await givenCluster(api, key)
    const { body } = await api.send('GET', '/v1/clusters', { key, query: { limit: '1' } })
    const cursor = JSON.parse(JSON.stringify(body)).next_cursor
    const status = async (path: string, query: Record<string, string>, as = key) => (await api.send('GET', path, { key: as, query })).status
    expect(await status('/v1/clusters', { cursor })).toBe(200)
    expect(await status('/v1/operations', { cursor })).toBe(400)
    expect(await status('/v1/clusters', { cursor }, (await api.tenant()).key)).toBe(400)
    const operations = await api.send('GET', '/v1/operations', { key, query: { limit: '1' } })
    const other = JSON.parse(operations.text).next_cursor
    expect(await status('/v1/operations', { cursor: other, cluster_id: first.id })).toBe(400)
  })

  it('of tenants and keys have codes and pointers too', async () => {
    const { id } = await api.tenant()
    expect((await post({}, '/v1/tenants')).body).toMatchObject({ code: 'missing_field', errors: [{ pointer: '/name' }] })
    expect((await post({ name: 'a', quota: { disks: 1 } }, '/v1/tenants')).body).toMatchObject({ errors: [{ pointer: '/quota/disks' }] })
    const keys = `/v1/tenants/${id}/keys`
    expect((await post({ scopes: ['root'] }, keys)).body).toMatchObject({ code: 'invalid_value', errors: [{ pointer: '/scopes/0' }] })
    expect((await post({ expires_at: '2020-01-01T00:00:00Z' }, keys)).body).toMatchObject({
      code: 'out_of_range',
      errors: [{ pointer: '/expires_at' }],
    })
    expect((await post({}, '/v1/tenants/ten_00000000000000000000000000/keys')).body).toMatchObject({ code: 'not_found' })
  })

  it('of webhooks name the URL, the events and the quota', async () => {
    expect((await post({ url: 'http://10.0.0.1/' }, '/v1/webhooks')).body).toMatchObject({
      code: 'webhook_url_not_allowed',
      errors: [{ pointer: '/url' }],
    })
    expect((await post({ url: 'https://a.example/', events: ['cluster.eaten'] }, '/v1/webhooks')).body).toMatchObject({
      errors: [{ pointer: '/events/0' }],
    })
    const { key: poor } = await api.tenant({ quota: { webhooks: 0 } })
    const full = await api.send('POST', '/v1/webhooks', { key: poor, body: { url: 'https://hooks.example.com/' } })
    expect(full.body).toMatchObject({ status: 403, code: 'quota_exceeded', quota: 'webhooks' })
  })
})
