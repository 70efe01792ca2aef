import { type Gateway, startGateway } from '../../../local/gateway/gateway.ts'
import type { CorsSpec } from '../../../local/template/http-api.ts'
import { systemTimers } from '../../../local/timers.ts'

const PAGE = 'https://console.example.com'
const CORS: CorsSpec = {
  origins: [PAGE, 'https://other.example.com'],
  methods: ['GET', 'POST'],
  requestHeaders: ['authorization', 'content-type'],
  answerHeaders: ['etag', 'x-request-id'],
  maxAgeSeconds: 3600,
}
const started: Gateway[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.stop()))
})

/** A gateway whose function answers with what it was asked. */
async function given(cors?: CorsSpec, headers: Record<string, string> = {}) {
  const asked: unknown[] = []
  const routes = [{ key: 'ANY /{proxy+}', functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:api', timeoutMs: 30_000 }]
  const gateway = await startGateway({
    api: { id: 'api123', name: 'api', routes, cors },
    account: '123456789012',
    timers: systemTimers,
    invoke: async (_arn, event) => {
      asked.push(event)
      return { payload: { statusCode: 200, headers: { etag: '"1"', ...headers }, body: 'hello' } }
    },
  })
  started.push(gateway)
  const send = async (method: string, sent: Record<string, string>) => {
    const response = await fetch(`${gateway.url}/v1/clusters`, { method, headers: sent })
    const cors = [...response.headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary')
    return { status: response.status, cors: Object.fromEntries(cors), text: await response.text() }
  }
  return { asked, send }
}
const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization',
})

describe('where pages may call', () => {
  it('a preflight is answered by the gateway itself, whatever it asks for', async () => {
    const { asked, send } = await given(CORS)
    expect(await send('OPTIONS', preflight(PAGE))).toEqual({
      status: 204,
      text: '',
      cors: {
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '3600',
        vary: 'Origin',
      },
    })
    expect(asked).toEqual([])
  })

  it.each(['https://evil.example', 'null', `${PAGE}.evil.example`, 'http://console.example.com', `${PAGE}:444`, PAGE.toUpperCase()])(
    'a page of %s may not',
    async (origin) => {
      const { asked, send } = await given(CORS)
      expect(await send('OPTIONS', preflight(origin))).toEqual({ status: 204, text: '', cors: {} })
      expect(asked).toEqual([])
      expect(await send('GET', { origin })).toEqual({ status: 200, text: 'hello', cors: {} })
    },
  )

  it('a page reads the answers and the headers that it is let', async () => {
    const { send } = await given(CORS, { vary: 'accept-encoding', 'access-control-allow-origin': 'https://evil.example' })
    expect((await send('GET', { origin: PAGE })).cors).toEqual({
      'access-control-allow-origin': PAGE,
      'access-control-expose-headers': 'etag,x-request-id',
      vary: 'accept-encoding, Origin',
    })
  })

  it('what the function says of CORS counts for nothing', async () => {
    const { send } = await given(CORS, { 'access-control-allow-origin': '*', 'Access-Control-Allow-Credentials': 'true' })
    expect((await send('GET', { origin: 'https://evil.example' })).cors).toEqual({})
    expect((await send('GET', {})).cors).toEqual({})
  })

  it('may be everywhere', async () => {
    const { send } = await given({ ...CORS, origins: ['*'] })
    expect((await send('OPTIONS', preflight('https://any.example'))).cors).toMatchObject({ 'access-control-allow-origin': '*' })
    expect((await send('GET', { origin: 'https://any.example' })).cors).toMatchObject({ 'access-control-allow-origin': '*' })
  })

  it('OPTIONS that is no preflight goes to its route', async () => {
    const { asked, send } = await given(CORS)
    expect((await send('OPTIONS', { origin: PAGE })).text).toBe('hello')
    expect((await send('OPTIONS', { 'access-control-request-method': 'POST' })).text).toBe('hello')
    expect(asked).toHaveLength(2)
  })
})

it('without CORS everything goes to the routes, untouched', async () => {
  const { asked, send } = await given(undefined, { 'access-control-allow-origin': 'https://own.example' })
  expect(await send('OPTIONS', preflight(PAGE))).toEqual({
    status: 200,
    text: 'hello',
    cors: { 'access-control-allow-origin': 'https://own.example' },
  })
  expect((await send('GET', { origin: PAGE })).status).toBe(200)
  expect(asked).toHaveLength(2)
})
