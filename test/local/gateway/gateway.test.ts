import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { AwsError } from '../../../local/aws/service.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../../../local/gateway/gateway.ts'
import { systemTimers } from '../../../local/timers.ts'
import { handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:api'
const started: Gateway[] = []
async function given(invoke: GatewayOptions['invoke'], options: Partial<GatewayOptions> = {}): Promise<string> {
  const routes = ['ANY /{proxy+}', '$default'].map((key) => ({ key, functionArn: FUNCTION, timeoutMs: 30_000 }))
  const api = { id: 'api123', name: 'api', routes }
  const gateway = await startGateway({ api, account: '123456789012', invoke, timers: systemTimers, ...options })
  started.push(gateway)
  return gateway.url
}
const echo: GatewayOptions['invoke'] = async (functionArn, event) => ({ payload: { functionArn, event } })
const answering =
  (payload: unknown): GatewayOptions['invoke'] =>
  async () => ({ payload })
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.stop()))
})

describe('a request', () => {
  it('becomes an event of payload format 2.0', async () => {
    const url = await given(echo, { timers: { ...systemTimers, now: () => Date.UTC(2026, 10, 22, 16, 38, 53) } })
    const headers = { 'Content-Type': 'application/json', 'X-Twice': 'a, b', Cookie: 'one=1; two=2', 'User-Agent': 'test' }
    const response = await fetch(`${url}/v1/a%20b?x=1&x=2&y=%C3%BC`, { method: 'POST', headers, body: '{"ü":1}' })
    expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await response.json()).toEqual({
      functionArn: FUNCTION,
      event: {
        version: '2.0',
        routeKey: 'ANY /{proxy+}',
        rawPath: '/v1/a b',
        rawQueryString: 'x=1&x=2&y=%C3%BC',
        cookies: ['one=1', 'two=2'],
        headers: expect.objectContaining({ 'content-type': 'application/json', 'x-twice': 'a, b', 'content-length': '8' }),
        queryStringParameters: { x: '1,2', y: 'ü' },
        requestContext: {
          accountId: '123456789012',
          apiId: 'api123',
          domainName: new URL(url).host,
          domainPrefix: '127',
          http: { method: 'POST', path: '/v1/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
          requestId: response.headers.get('apigw-requestid'),
          routeKey: 'ANY /{proxy+}',
          stage: '$default',
          time: '22/Nov/2026:16:38:53 +0000',
          timeEpoch: Date.UTC(2026, 10, 22, 16, 38, 53),
        },
        pathParameters: { proxy: 'v1/a b' },
        body: '{"ü":1}',
        isBase64Encoded: false,
      },
    })
  })

  it("hands over parameters that are called like members of every object's prototype", async () => {
    const url = await given(echo)
    const response = await fetch(`${url}/v1/a?__proto__=1&constructor=2&toString=3&toString=4`)
    const { event } = JSON.parse(await response.text())
    expect(Object.entries(event.queryStringParameters)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3,4'],
    ])
  })

  it('carries a body that is not text as Base64', async () => {
    const url = await given(async (_arn, event) => ({ payload: event }))
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array([255, 0]),
    })
    expect(await response.json()).toMatchObject({ body: '/wA=', isBase64Encoded: true, routeKey: '$default' })
  })
})

describe('an answer', () => {
  it('has the status, headers, cookies and body that the function gave', async () => {
    const body = Buffer.from([1, 2, 255]).toString('base64')
    const url = await given(answering({ statusCode: 201, headers: { ETag: '"1"' }, cookies: ['a=1', 'b=2'], body, isBase64Encoded: true }))
    const response = await fetch(url)
    expect(response.status).toBe(201)
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255])
  })

  it('to HEAD tells the length that the function names, and to nothing else', async () => {
    const url = await given(answering({ statusCode: 200, headers: { 'Content-Length': '1234' }, body: 'four' }))
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['1234', ''])
    const get = await fetch(url)
    expect([get.headers.get('content-length'), await get.text()]).toEqual(['4', 'four'])
  })

  it('that is compressed reaches the client as it was before', async () => {
    const body = gzipSync('{"hello":"there"}').toString('base64')
    const url = await given(answering({ statusCode: 200, headers: { 'content-encoding': 'gzip' }, body, isBase64Encoded: true }))
    expect(await (await fetch(url)).json()).toEqual({ hello: 'there' })
  })

  it('without a status is JSON with 200', async () => {
    const response = await fetch(await given(answering({ hello: 'there' })))
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json',
      { hello: 'there' },
    ])
  })

  it.each<[string, GatewayOptions['invoke']]>([
    ['when the function fails', async () => ({ payload: { errorMessage: 'secret' }, functionError: 'Unhandled' })],
    ['when its answer does not fit the format', answering({ statusCode: 200, body: { not: 'text' } })],
    ['when the function is throttled', () => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded', 429))],
  ])('is a 500 without detail %s', async (_when, invoke) => {
    const response = await fetch(await given(invoke))
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
  })
})

describe('the gateway itself answers', () => {
  it('404 where there is no route', async () => {
    const response = await fetch(await given(echo, { api: { id: 'api123', name: 'api', routes: [] } }))
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}'])
  })

  it('413 to a body over 10 MB', async () => {
    const response = await fetch(await given(echo), { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) })
    expect([response.status, await response.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  })

  it('431 to headers over 10,240 bytes', async () => {
    const response = await fetch(await given(echo), { headers: { 'x-long': 'x'.repeat(10_240) } })
    expect(response.status).toBe(431)
  })

  it('431 to a request line that leaves the headers too little', async () => {
    const url = await given(echo)
    expect((await fetch(`${url}/${'x'.repeat(10_240)}`)).status).toBe(431)
    expect((await fetch(`${url}/?${'x'.repeat(9_000)}`)).status).toBe(200)
  })

  it('503 when the function takes more than 30 seconds', async () => {
    const timers = handTurnedTimers()
    const invoked = Promise.withResolvers<void>()
    const never: GatewayOptions['invoke'] = () => {
      invoked.resolve()
      return new Promise(() => {})
    }
    const answer = fetch(await given(never, { timers }))
    await invoked.promise
    await timers.advance(30_000)
    const response = await answer
    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}'])
    expect(timers.pending()).toBe(0)
  })

  it('500 to what nobody expected, and says so to whoever runs it', async () => {
    const seen: unknown[] = []
    const url = await given(() => Promise.reject(new Error('a bug')), { onError: (error, request) => seen.push(request, error) })
    expect((await fetch(`${url}/x`)).status).toBe(500)
    expect(seen).toEqual(['GET /x', expect.objectContaining({ message: 'a bug' })])
  })
})

it('stops with connections open, and its port is free again', async () => {
  const url = await given(echo)
  await (await fetch(url)).text()
  await started.splice(0)[0]?.stop()
  const refused = new Promise((resolve) => connect(Number(new URL(url).port), '127.0.0.1').once('error', resolve))
  expect(await refused).toMatchObject({ code: 'ECONNREFUSED' })
})
