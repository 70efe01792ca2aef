import { gunzipSync, inflateSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { startGateway } from '../../../local/gateway/gateway.ts'
import { systemTimers } from '../../../local/timers.ts'
import { type Api, givenApi, givenCluster, givenEvent, type Sent } from './given.ts'

let api: Api
let key: string
let send: (method: string, path: string, sent?: Sent) => Promise<APIGatewayProxyStructuredResultV2>
beforeAll(async () => {
  api = await givenApi()
  key = (await api.tenant()).key
  const { createHandler } = await import('../../../functions/api.ts')
  const handler = createHandler(api.deps)
  send = async (method, path, sent) => {
    const result = await handler(givenEvent(method, path, sent), JSON.parse('{}'))
    if ('status' in result) throw new Error('the answer is not of the form of API Gateway')
    return result
  }
})
afterAll(() => api.stop())

const LARGE = { engine: 'valkey', size: '256m', labels: { note: 'x'.repeat(255), other: 'y'.repeat(255) } }
const DECODERS = { gzip: gunzipSync, deflate: inflateSync }
const bytesOf = ({ body, isBase64Encoded }: APIGatewayProxyStructuredResultV2) =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
const get = (path: string, headers: Record<string, string> = {}) => send('GET', path, { key, headers })

describe('an answer that is worth it', () => {
  it.each(['gzip', 'deflate'] as const)('is compressed with %s, and the same once it is not', async (coding) => {
    const [plain, coded] = [await get('/openapi.json'), await get('/openapi.json', { 'accept-encoding': coding })]
    expect(plain.isBase64Encoded).toBeUndefined()
    expect(coded).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': coding, 'content-type': 'application/json' } })
    expect(DECODERS[coding](bytesOf(coded)).toString()).toBe(plain.body)
    expect(bytesOf(coded).length).toBeLessThan(bytesOf(plain).length / 3)
    for (const { headers } of [plain, coded]) expect(headers?.vary).toBe('accept-encoding')
  })

  it('has an ETag of its own in each coding, and each is good to ask with', async () => {
    const tags = [undefined, 'gzip', 'deflate'].map(async (coding) => {
      const { headers } = await get('/openapi.json', coding ? { 'accept-encoding': coding } : {})
      return String(headers?.etag)
    })
    const [plain = '', gzip = '', deflate = ''] = await Promise.all(tags)
    expect([gzip, deflate]).toEqual([plain.replace(/"$/, '-gzip"'), plain.replace(/"$/, '-deflate"')])
    for (const tag of [plain, gzip, deflate, `W/${gzip}`]) {
      const headers = { 'if-none-match': tag, 'accept-encoding': 'gzip' }
      expect(await get('/openapi.json', headers)).toEqual({
        statusCode: 304,
        body: '',
        headers: { etag: gzip, vary: 'accept-encoding', 'cache-control': 'private, no-cache', 'x-request-id': expect.anything() },
      })
    }
  })

  it('may be a problem', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`unknown_member_${i}`, 0]))
    const refused = await send('POST', '/v1/webhooks', { key, headers: { 'accept-encoding': 'gzip' }, body: many })
    expect(refused).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json', 'content-encoding': 'gzip' } })
    expect(JSON.parse(gunzipSync(bytesOf(refused)).toString())).toMatchObject({ status: 400 })
  })
})

it('is the same to the byte however often it is read, whatever order the table gives its labels in', async () => {
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`label-${i}`, `${i}`]))
  const { id } = await givenCluster(api, key, { labels })
  const answers = await Promise.all(Array.from({ length: 10 }, () => get(`/v1/clusters/${id}`)))
  expect(new Set(answers.map(({ headers }) => headers?.etag)).size).toBe(1)
})

describe('an answer goes out as it is', () => {
  it('when it is short', async () => {
    const short = await get('/health', { 'accept-encoding': 'gzip' })
    expect(short).toMatchObject({ statusCode: 200, body: '{"state":"ok"}' })
    expect(short.headers).not.toHaveProperty('content-encoding')
    expect(short.headers).not.toHaveProperty('vary')
  })

  it('when nothing that we know is accepted', async () => {
    for (const header of ['br', 'gzip;q=0', 'identity', '*;q=0']) {
      const { headers, isBase64Encoded } = await get('/openapi.json', { 'accept-encoding': header })
      expect([headers?.['content-encoding'], isBase64Encoded, headers?.vary]).toEqual([undefined, undefined, 'accept-encoding'])
    }
  })

  it('when it holds a secret', async () => {
    const { respond } = await import('../../../functions/edge/respond.ts')
    const answer = { status: 200, headers: { 'cache-control': 'no-store', etag: '"a"' }, body: 'x'.repeat(5_000) }
    const { headers, body } = respond(answer, 'GET', { 'accept-encoding': 'gzip' }, 'r')
    expect({ headers, body }).toEqual({ headers: { ...answer.headers, 'x-request-id': 'r' }, body: answer.body })
  })
})

it('the ETag that comes with a change names what is at Location, in whatever coding that is read', async () => {
  const made = await send('POST', '/v1/clusters', { key, headers: { 'accept-encoding': 'gzip' }, body: LARGE })
  expect(made).toMatchObject({ statusCode: 202, headers: { 'content-encoding': 'gzip', etag: expect.stringMatching(/^"[\w-]{22}"$/) } })
  const headers = { 'if-none-match': String(made.headers?.etag), 'accept-encoding': 'gzip' }
  expect((await get(String(made.headers?.location), headers)).statusCode).toBe(304)
})

it('a client behind the gateway reads compressed answers as any other', async () => {
  await givenCluster(api, key, LARGE)
  const { createHandler } = await import('../../../functions/api.ts')
  const handler = createHandler(api.deps)
  const gateway = await startGateway({
    api: { id: 'api', name: 'api', routes: [{ key: 'ANY /{proxy+}', functionArn: 'arn', timeoutMs: 30_000 }] },
    account: '123456789012',
    timers: systemTimers,
    invoke: async (_arn, event) => ({
      payload: JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), JSON.parse('{}')))),
    }),
  })
  try {
    const headers = { authorization: `Bearer ${key}`, 'accept-encoding': 'gzip' }
    const response = await fetch(`${gateway.url}/v1/clusters`, { headers })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.json()).toEqual(JSON.parse(String((await get('/v1/clusters')).body)))
    const head = await fetch(`${gateway.url}/v1/clusters`, { headers, method: 'HEAD' })
    expect(head.headers.get('content-length')).toBe(response.headers.get('content-length'))
  } finally {
    await gateway.stop()
  }
})
