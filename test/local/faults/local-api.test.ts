import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import * as z from 'zod'
import { type Cloud, startCloud } from '../../../local/cloud.ts'
import { givenAssembly } from '../fixtures/assembly.ts'
import { smallCell, without } from '../fixtures/small-cell.ts'

const Clock = z.looseObject({ ahead_seconds: z.number() })
const Answer = z.looseObject({
  id: z.string().optional(),
  possible: z.looseObject({}).optional(),
  actions: z.array(z.object({ path: z.string(), example: z.looseObject({}) })).default([]),
  denials: z.record(z.string(), z.unknown()).default({}),
  calls: z.record(z.string(), z.object({ status: z.int(), error: z.string().optional() })).default({}),
})

let cloud: Cloud
beforeAll(async () => {
  const images = { pull: () => Promise.reject(new Error('there are no images')) }
  cloud = await startCloud({
    outDir: givenAssembly({ Cell: { resources: without(smallCell(), 'FrontMayStart') } }),
    images,
    onError: () => undefined,
  })
})
afterEach(() => cloud.faults.active.clear())
afterAll(() => cloud.stop())

const ask = async (method: string, path: string, body?: object) => {
  const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const response = await fetch(cloud.apiUrl + path, { method, ...sent })
  return { status: response.status, type: response.headers.get('content-type'), body: Answer.parse(await response.json()) }
}
/** `fetch` lets nobody set these headers. */
const askWith = (method: string, path: string, headers: Record<string, string>, body = '') =>
  new Promise<number | undefined>((resolve, reject) => {
    const sent = request(cloud.apiUrl + path, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) =>
      text(answer).then(() => resolve(answer.statusCode), reject),
    )
    sent.on('error', reject).end(body)
  })
const get = async (pk: string): Promise<unknown> => {
  const response = await fetch(`${cloud.apiUrl}/things?action=get&pk=${pk}`)
  return z.object({ Item: z.unknown().optional() }).parse(await response.json()).Item
}
const put = (pk: string) => fetch(`${cloud.apiUrl}/things?action=put&pk=${pk}`).then(({ status }) => status)

describe('GET /_local', () => {
  it('lists all that can be done, each with what it takes and an example that it takes', async () => {
    const { body } = await ask('GET', '/_local')
    const names = body.actions.map(({ path }) => path)
    expect(names).toEqual(expect.arrayContaining(['/_local/kill-task', '/_local/lose-az', '/_local/disturb-events', '/_local/move-clock']))
    for (const { path, example } of body.actions) expect([path, (await ask('POST', path, example)).status]).not.toEqual([path, 400])
  })
})

describe('a request that cannot be done', () => {
  it.each([
    ['an unknown action', 'POST', '/_local/explode', {}, 404, 'actions'],
    ['an unknown service', 'POST', '/_local/disturb-calls', { service: 's3', error: 'X' }, 400, 'services'],
    ['an unknown operation', 'POST', '/_local/disturb-calls', { service: 'dynamodb', operation: 'Explode', error: 'X' }, 400, 'operations'],
    ['an unknown function', 'POST', '/_local/disturb-calls', { service: 'dynamodb', by: 'nobody', error: 'X' }, 404, 'functions'],
    ['a fault that does nothing', 'POST', '/_local/disturb-calls', { service: 'dynamodb' }, 400, 'example'],
    [
      'a pattern with an operator that is not known',
      'POST',
      '/_local/disturb-events',
      { action: 'drop', pattern: { a: [{ wildcard: '*' }] } },
      400,
      'takes',
    ],
    ['a clock that goes back', 'POST', '/_local/move-clock', { forward_seconds: -5 }, 400, 'takes'],
    ['a part of time that cannot be moved', 'POST', '/_local/move-clock', { forward_seconds: 5, nodes: true }, 400, 'takes'],
    ['an AZ that is none', 'POST', '/_local/lose-az', { az: 'nowhere' }, 404, 'azs'],
    ['a fault that is none', 'DELETE', '/_local/faults/f99', undefined, 404, 'faults'],
    ['another method', 'GET', '/_local/kill-host', undefined, 405, 'methods'],
  ])('such as %s is answered with what can', async (_, method, path, body, status, possible) => {
    const answer = await ask(method, path, body)
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, detail: expect.any(String) } })
    expect(answer.body.possible).toHaveProperty(possible)
  })
})

describe('whoever asks from elsewhere', () => {
  const json = { 'content-type': 'application/json' }
  const { host } = new URL('http://127.0.0.1')
  it.each([
    ['a name that somebody made point here', 'GET', '/_local/state', { host: 'evil.example' }, 403],
    ['the same, for the page', 'GET', '/', { host: 'evil.example', accept: 'text/html' }, 403],
    ['a page of another site', 'DELETE', '/_local/faults', { host, origin: 'https://evil.example' }, 403],
    ['a page of another server of this machine', 'POST', '/_local/kill-function', { ...json, host, origin: 'http://127.0.0.1:3000' }, 403],
    ['a page in a sandbox', 'POST', '/_local/kill-function', { ...json, host, origin: 'null' }, 403],
    ['a browser that says so', 'GET', '/_local/events', { host, 'sec-fetch-site': 'cross-site' }, 403],
    ['a form', 'POST', '/_local/kill-function', { host, 'content-type': 'text/plain' }, 415],
  ])('is refused: %s', async (_, method, path, headers, status) => {
    expect(await askWith(method, path, headers, method === 'POST' ? '{"function":"recorder"}' : '')).toBe(status)
  })

  it('but the page itself is not', async () => {
    const headers = { ...json, host: 'localhost:8080', origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }
    expect(await askWith('POST', '/_local/kill-function', headers, '{"function":"recorder"}')).toBe(200)
  })
})

describe('calls that are disturbed', () => {
  it('fail before or after they took effect, as often as it was said, until it is taken away', async () => {
    const fault = { service: 'dynamodb', operation: 'PutItem', by: 'front', error: 'InternalServerError', status: 500 }
    const before = await ask('POST', '/_local/disturb-calls', { ...fault, every: 2 })
    expect([await put('a'), await put('b'), await put('c')]).toEqual([200, 500, 200])
    expect(await ask('GET', '/_local/faults')).toMatchObject({
      body: { faults: [{ id: before.body.id, hits: 1, what: { by: 'cell-front' } }] },
    })
    expect(await ask('DELETE', `/_local/faults/${before.body.id}`)).toMatchObject({ status: 200 })
    await ask('POST', '/_local/disturb-calls', { ...fault, effect: 'after', times: 1 })
    expect([await put('d'), await put('e')]).toEqual([500, 200])
    expect([await get('b'), await get('d')]).toEqual([undefined, { pk: { S: 'd' } }])
    expect(await ask('DELETE', '/_local/faults')).toMatchObject({ body: { removed: 1 } })
  })

  it('are throttled past a rate, in the words of the service', async () => {
    await ask('POST', '/_local/disturb-calls', { service: 'dynamodb', operation: 'PutItem', rate_per_second: 0.01, burst: 2 })
    expect([await put('f'), await put('g'), await put('h')]).toEqual([200, 200, 500])
    const { body } = await ask('GET', '/_local/state')
    const calls = Object.values(body.calls)
    expect(calls.filter(({ status }) => status === 400)).toHaveLength(1)
  })
})

describe('what a role may not', () => {
  it('is told, with who asked for it', async () => {
    expect((await fetch(`${cloud.apiUrl}/things?action=run`)).status).toBe(500)
    const { body } = await ask('GET', '/_local/state')
    expect(Object.values(body.denials)).toMatchObject([
      { by: 'cell-front', action: 'states:StartExecution', resource: expect.stringContaining('loop') },
    ])
  })
})

describe('the clock', () => {
  it('moves for the functions and for schedules, and says what it cannot move', async () => {
    const real = Date.now()
    const { ahead_seconds: before } = Clock.parse((await ask('POST', '/_local/move-clock', { forward_seconds: 1 })).body)
    const runs = cloud.lambda.invocations('cell-recorder')
    const { body } = await ask('POST', '/_local/move-clock', { forward_seconds: 7200 })
    expect(body).toMatchObject({
      ahead_seconds: before + 7200,
      moves: expect.any(Array),
      stays: expect.arrayContaining([expect.stringContaining('nodes')]),
    })
    const { payload } = await cloud.lambda.invoke('cell-front', { action: 'now' })
    for (const told of Object.values(Object(payload))) expect(Number(told)).toBeGreaterThanOrEqual(real + 7200_000 - 1000)
    while (cloud.lambda.invocations('cell-recorder') === runs) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(cloud.lambda.invocations('cell-recorder') - runs).toBeLessThan(3)
  })
})
