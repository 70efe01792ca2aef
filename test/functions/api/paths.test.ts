import type { Gateway } from '../../../local/gateway/gateway.ts'
import { givenGateway } from './behind-gateway.ts'
import { type Api, givenApi, givenCluster } from './given.ts'

let api: Api
let gateway: Gateway
let key: string
let id: string
beforeAll(async () => {
  api = await givenApi()
  gateway = await givenGateway(api)
  key = (await api.tenant()).key
  id = (await givenCluster(api, key)).id
})
afterAll(async () => {
  await gateway.stop()
  await api.stop()
})

/** The path as it is written: no client has tidied it up. */
async function get(path: string) {
  const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${key}` } })
  const { code, detail, ...rest } = JSON.parse(await response.text())
  return { status: response.status, code, detail, ...rest }
}

describe('a path that is nearly one', () => {
  it.each([
    ['/v1/clusters/', '/v1/clusters'],
    ['/v1//clusters', '/v1/clusters'],
    ['//v1/clusters//', '/v1/clusters'],
    ['/V1/Clusters', '/v1/clusters'],
    ['/health/', '/health'],
    ['/v1/clusters/?x=1', '/v1/clusters'],
  ])('is not taken for it: %s, but is told which there is', async (path, likely) => {
    const written = path.split('?')[0]
    expect(await get(path)).toMatchObject({
      status: 404,
      code: 'route_not_found',
      detail: `There is no path ${written}; there is ${likely}`,
    })
  })

  it.each(['/', '/v1', '/v2/clusters', '/v1/clusters;a=b', '/v1/clusters/a/b/c'])('may be none at all: %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, code: 'route_not_found', detail: expect.stringContaining('GET /openapi.json') })
  })

  it('is not repeated at length', async () => {
    const { status, detail } = await get(`/v1/${'x'.repeat(8_000)}`)
    expect({ status, short: detail.length < 400 }).toEqual({ status: 404, short: true })
    const long = await get(`/v1/clusters/${'X'.repeat(8_000)}`)
    expect({ status: long.status, code: long.code, short: long.detail.length < 400 }).toEqual({
      status: 404,
      code: 'not_found',
      short: true,
    })
  })
})

describe('a segment', () => {
  it('may be percent-encoded: it is the same address', async () => {
    for (const path of [`/v1/clusters/%63${id.slice(1)}`, `/%761/clusters/${id}`, `/v1/clusters/${id.replace('_', '%5F')}`]) {
      expect(await get(path)).toMatchObject({ status: 200, id })
    }
  })

  it('that is decoded to a slash parts the path, as the gateway hands it over', async () => {
    expect(await get(`/v1/clusters%2F${id}`)).toMatchObject({ status: 200, id })
    expect(await get(`/v1/clusters/${id}%2Fnodes`)).toMatchObject({ status: 200, items: [] })
  })

  it.each(['%00', '%0d%0a', '%zz', '%', '%E0%A4%A', '%252e%252e', '%C3%BC', '%F0%9F%98%80'])(
    'that is %s names nothing',
    async (segment) => {
      expect(await get(`/v1/clusters/${segment}`)).toMatchObject({ status: 404, code: 'not_found' })
    },
  )
})

it('a question mark that the gateway decodes ends the path, and what is behind it is lost', async () => {
  expect(await get('/v1/clusters%3Fcolour=red')).toMatchObject({ status: 200 })
})

describe('an id', () => {
  it('is written in lower case, and its like in capitals is not it', async () => {
    const upper = id.toUpperCase()
    expect(await get(`/v1/clusters/${upper}`)).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: `There is no ${upper}: ids are written in lower case`,
    })
  })

  it('of another form is that of nothing', async () => {
    expect(await get(`/v1/clusters/${id}0`)).toMatchObject({ status: 404, code: 'not_found', detail: `There is no ${id}0` })
  })
})

describe('a query parameter', () => {
  it('that is not known is refused by name', async () => {
    const { status, code, errors } = await get('/v1/clusters?limit=1&colour=red')
    expect({ status, code, errors }).toMatchObject({ status: 400, code: 'unknown_field', errors: [{ in: 'query', pointer: '/colour' }] })
  })

  it('that is repeated comes as one, joined by commas, and is then no number', async () => {
    expect(await get('/v1/clusters?limit=1&limit=2')).toMatchObject({
      status: 400,
      code: 'out_of_range',
      detail: 'limit takes 1 to 100 (got "1,2")',
    })
  })

  it('may be percent-encoded in name and value, and + is a space as %20 is', async () => {
    expect((await get('/v1/clusters?%6cimit=%31')).status).toBe(200)
    for (const space of ['+', '%20'])
      expect(await get(`/v1/clusters?limit=1${space}`)).toMatchObject({ detail: 'limit takes 1 to 100 (got "1 ")' })
    expect((await get('/v1/clusters?')).status).toBe(200)
    expect((await get('/v1/clusters?limit')).status).toBe(400)
  })
})
