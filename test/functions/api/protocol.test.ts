import { ERRORS } from '../../../shared/contract/errors.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { type Api, givenApi, givenEvent, SMALL } from './given.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

describe('HTTP', () => {
  it('answers a path that there is not as a problem', async () => {
    for (const path of ['/', '/v1', '/v1/clusters/', '/v2/clusters', '/v1/clusters/a/b/c', '/v1/Clusters']) {
      expect(await api.send('GET', path)).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
        body: { code: 'route_not_found' },
      })
    }
  })

  it('answers a method that a path does not take with those that it does', async () => {
    const allow = async (method: string, path: string) => {
      const { status, headers, body } = await api.send(method, path)
      expect({ status, body }).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
      return headers.allow
    }
    expect(await allow('PUT', '/v1/clusters')).toBe('GET, HEAD, OPTIONS, POST')
    expect(await allow('POST', '/health')).toBe('GET, HEAD, OPTIONS')
    expect(await allow('get', '/health')).toBe('GET, HEAD, OPTIONS')
    expect(await allow('TRACE', '/health')).toBe('GET, HEAD, OPTIONS')
  })

  it('answers OPTIONS with what a path takes, to anybody, for every row of the route table', async () => {
    for (const { method, path } of Object.values(ROUTES)) {
      const { status, headers, text } = await api.send('OPTIONS', path.replaceAll(/\{[^}]+\}/g, 'x'))
      expect({ status, text }).toEqual({ status: 204, text: '' })
      const allowed = headers.allow?.split(', ')
      expect(allowed).toEqual(expect.arrayContaining(method === 'GET' ? ['GET', 'HEAD', 'OPTIONS'] : [method, 'OPTIONS']))
      // CORS is the gateway's business.
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
    expect((await api.send('OPTIONS', '/v1/nothing')).status).toBe(404)
  })

  it('answers HEAD as GET without the body', async () => {
    const { key } = await api.tenant()
    for (const path of ['/health', '/openapi.json', '/v1/engines', '/v1/clusters']) {
      const [get, head] = [await api.send('GET', path, { key }), await api.send('HEAD', path, { key })]
      expect({ status: head.status, text: head.text, etag: head.headers.etag }).toEqual({ status: 200, text: '', etag: get.headers.etag })
    }
  })

  it('tells with HEAD how long the answer to GET would be, compressed or not', async () => {
    for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
      const { createHandler } = await import('../../../functions/api.ts')
      const handler = createHandler(api.deps)
      const [get, head] = await Promise.all(
        ['GET', 'HEAD'].map((method) => handler(givenEvent(method, '/openapi.json', { headers }), JSON.parse('{}'))),
      )
      if (!get || !head || 'status' in get || 'status' in head) throw new Error('the answer is not of the form of API Gateway')
      const length = Buffer.from(get.body ?? '', get.isBase64Encoded ? 'base64' : 'utf8').length
      expect(head).toEqual({
        statusCode: 200,
        headers: { ...get.headers, 'content-length': String(length), 'x-request-id': expect.anything() },
        body: '',
      })
    }
  })

  it('takes a body in base64, as API Gateway sends what it holds for binary', async () => {
    const { createHandler } = await import('../../../functions/api.ts')
    const { key } = await api.tenant()
    const event = givenEvent('POST', '/v1/clusters', { key, body: SMALL })
    const encoded = { ...event, body: Buffer.from(event.body ?? '').toString('base64'), isBase64Encoded: true }
    const context = JSON.parse('{}')
    expect(await createHandler(api.deps)(encoded, context)).toMatchObject({ statusCode: 202 })
  })

  it('gives an id that is not of the form of one no more than one of nothing', async () => {
    const { key } = await api.tenant()
    for (const id of ['x', 'clu_', 'op_00000000000000000000000000', '%00', 'clu_0000000000000000000000000U']) {
      expect((await api.send('GET', `/v1/clusters/${id}`, { key })).body).toMatchObject({ status: 404, code: 'not_found' })
    }
  })
})

describe('what goes wrong inside', () => {
  it('is told by its request id alone', async () => {
    const broken = await givenApi({
      webhookSecrets: {
        issue: async () => {
          throw new TypeError('the master key is hunter2')
        },
        read: async () => '',
      },
    })
    try {
      const { key } = await broken.tenant()
      const reply = await broken.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/' } })
      expect(reply).toMatchObject({ status: 500, body: { code: 'internal_error', request_id: reply.headers['x-request-id'] } })
      expect(reply.text).not.toMatch(/hunter2|TypeError|master/)
      expect(broken.log).toContainEqual([
        'request failed',
        expect.objectContaining({ message: 'the master key is hunter2' }),
        expect.anything(),
      ])
    } finally {
      await broken.stop()
    }
  })
})

describe('the service', () => {
  it('is well', async () => {
    expect(await api.send('GET', '/health')).toMatchObject({ status: 200, body: { state: 'ok' } })
  })

  it('describes every route', async () => {
    const document = JSON.parse((await api.send('GET', '/openapi.json')).text)
    for (const route of Object.values(ROUTES)) {
      expect(document.paths[route.path][route.method.toLowerCase()]).toMatchObject({ operationId: route.operationId })
    }
  })

  it('explains every error code where its problems point', async () => {
    for (const [code, meaning] of Object.entries(ERRORS)) {
      expect((await api.send('GET', `/problems/${code}`)).body).toEqual({ type: `/problems/${code}`, code, ...meaning })
    }
    expect((await api.send('GET', '/problems/toString')).status).toBe(404)
  })

  it('offers what its hosts can carry', async () => {
    const { key } = await api.tenant()
    const { engines, sizes, azs } = JSON.parse((await api.send('GET', '/v1/engines', { key })).text)
    expect(engines.map((offer: { engine: string; default_version: string }) => [offer.engine, offer.default_version])).toEqual([
      ['valkey', '9.1'],
      ['redis', '7.2'],
    ])
    expect(sizes.at(-1)).toMatchObject({ size: '4g', memory_mib: 4096 })
    expect(azs).toHaveLength(3)
  })
})

describe('webhooks', () => {
  it('are made with a secret that is never shown again, listed and removed', async () => {
    const { key } = await api.tenant()
    const made = await api.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/', events: ['cluster.ready'] } })
    const { secret, ...webhook } = JSON.parse(made.text)
    expect({ status: made.status, secret }).toEqual({ status: 201, secret: expect.stringMatching(/^whsec_/) })
    expect((await api.send('GET', '/v1/webhooks', { key })).body).toEqual({ items: [webhook] })
    expect(await api.send('DELETE', `/v1/webhooks/${webhook.id}`, { key })).toMatchObject({ status: 204, text: '' })
    expect((await api.send('DELETE', `/v1/webhooks/${webhook.id}`, { key })).status).toBe(404)
  })
})
