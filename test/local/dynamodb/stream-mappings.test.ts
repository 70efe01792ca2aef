import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { AwsError } from '../../../local/aws/service.ts'
import { StreamRecord } from '../../../local/dynamodb/stream.ts'
import { createStreamMappings, type StreamMappingsOptions } from '../../../local/dynamodb/stream-mappings.ts'
import type { EventSourceSpec } from '../../../local/template/queues.ts'
import { systemTimers, type Timers } from '../../../local/timers.ts'
import { cellTable, type GivenDynamo, givenDynamo } from './given.ts'

const Event = z.object({ Records: z.array(StreamRecord) })
const sortKeys = (payload: unknown): unknown[] => Event.parse(payload).Records.map(({ dynamodb }) => Object(dynamodb.Keys.sk).S)
/** Retries twenty times as fast. */
const timers: Timers = { now: systemTimers.now, after: (ms, run) => systemTimers.after(ms / 20, run) }

const mapping = (id: string, changes: Partial<EventSourceSpec> = {}): EventSourceSpec => ({
  id,
  sourceArn: cellTable.streamArn,
  functionName: id,
  batchSize: 10,
  batchingWindowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  retryAttempts: 2,
  bisectOnError: false,
  reportBatchItemFailures: false,
  filters: [],
  ...changes,
})

let given: GivenDynamo
let dir: string
let running: { stop(): void }[]
let calls: { name: string; keys: unknown[] }[]
let errors: string[]
beforeEach(async () => {
  given = await givenDynamo()
  dir = mkdtempSync(join(tmpdir(), 'mappings-'))
  running = []
  calls = []
  errors = []
})
afterEach(async () => {
  for (const each of running) each.stop()
  await given.stop()
  rmSync(dir, { recursive: true })
})

type Handle = (keys: unknown[], payload: unknown) => unknown
function start(
  eventSources: EventSourceSpec[],
  handle: Handle = () => ({}),
  changes: Partial<StreamMappingsOptions> = {},
): { stop(): void } {
  const invoke: StreamMappingsOptions['invoke'] = async (name, event) => {
    const keys = sortKeys(event)
    calls.push({ name, keys })
    try {
      return { payload: await handle(keys, event) }
    } catch (error) {
      return { payload: { errorMessage: String(error) }, functionError: 'Unhandled' }
    }
  }
  const onError = (error: unknown) => errors.push(String(error))
  const started = createStreamMappings({ eventSources, dynamo: given.dynamo, dataDir: dir, invoke, timers, onError, ...changes })
  running.push(started)
  return started
}
const put = (sk: string, item: object = {}) =>
  given.documents.send(new PutCommand({ TableName: 'cell-1', Item: { pk: 'T#1', sk, ...item } }))
const seen = (name: string): unknown[] => calls.filter((call) => call.name === name).flatMap((call) => call.keys)
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
const failOn =
  (...bad: string[]): Handle =>
  (keys) => {
    if (keys.some((key) => bad.includes(String(key)))) throw new Error('poison')
  }

describe('a stream mapping', () => {
  it('hands each change over once, in order, as Lambda does', async () => {
    let first: unknown
    start([mapping('wake')], (_, payload) => {
      first ??= payload
    })
    await put('A', { n: 1 })
    await put('B')
    await put('B')
    await given.documents.send(new DeleteCommand({ TableName: 'cell-1', Key: { pk: 'T#1', sk: 'A' } }))
    await until(() => seen('wake').length >= 3)
    expect(seen('wake')).toEqual(['A', 'B', 'A'])
    expect(Event.parse(first).Records.slice(0, 1)).toMatchObject([
      { eventName: 'INSERT', dynamodb: { NewImage: { sk: { S: 'A' }, n: { N: '1' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' } },
    ])
    expect(Object(first).Records[0]).toMatchObject({
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: cellTable.streamArn,
    })
  })

  it('filters before it makes batches, and reads on by itself while another one waits', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const filters = ['CLUSTER#', 'EVT#'].map((prefix) => JSON.stringify({ dynamodb: { Keys: { sk: { S: [{ prefix }] } } } }))
    for (const sk of ['CLUSTER#1', 'NODE#1', 'EVT#1', 'NODE#2', 'EVT#2']) await put(sk)
    const handle: Handle = (keys) => (keys.includes('NODE#1') ? gate : undefined)
    start([mapping('slow'), mapping('filtered', { filters, batchSize: 2 })], handle)
    await until(() => seen('filtered').length === 3)
    expect(calls.filter(({ name }) => name === 'filtered').map(({ keys }) => keys)).toEqual([['CLUSTER#1', 'EVT#1'], ['EVT#2']])
    release()
  })

  it('gives a failing batch up aloud after its retries, and goes on', async () => {
    const told: unknown[] = []
    const sendFailure = async (destination: string, body: object) => void told.push({ destination, ...body })
    await put('bad')
    start([mapping('wake', { onFailureArn: 'arn:dlq' })], failOn('bad'), { sendFailure })
    await until(() => errors.length > 0)
    await put('good')
    await until(() => seen('wake').includes('good'))
    expect(seen('wake')).toEqual(['bad', 'bad', 'bad', 'good'])
    expect(errors).toEqual([expect.stringMatching(/wake failed 3 times; records 1\.\.1 are given up: .*poison/)])
    expect(told).toMatchObject([{ destination: 'arn:dlq', DDBStreamBatchInfo: { startSequenceNumber: '1', batchSize: 1 } }])
  })

  it('counts no try, and splits nothing, of what a throttled function was not given', async () => {
    for (const sk of ['a', 'b', 'c']) await put(sk)
    const asked: unknown[][] = []
    const invoke: StreamMappingsOptions['invoke'] = async (_name, event) => {
      asked.push(sortKeys(event))
      if (asked.length <= 5) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
      return { payload: {} }
    }
    start([mapping('wake', { retryAttempts: 0, bisectOnError: true })], undefined, { invoke })
    await until(() => asked.length >= 6)
    expect(asked).toEqual(Array(6).fill(['a', 'b', 'c']))
    expect(errors).toEqual([])
  })

  it('splits a failing batch until only the bad record is given up', async () => {
    for (const sk of ['a', 'b', 'bad', 'c', 'd']) await put(sk)
    const done: unknown[] = []
    start([mapping('wake', { bisectOnError: true })], (keys, payload) => {
      failOn('bad')(keys, payload)
      done.push(...keys)
    })
    await until(() => done.length >= 4)
    expect(done).toEqual(['a', 'b', 'c', 'd'])
    expect(errors).toHaveLength(1)
  })

  it('goes on at the first record that the function reports', async () => {
    for (const sk of ['a', 'b', 'c']) await put(sk)
    let attempts = 0
    start([mapping('wake', { reportBatchItemFailures: true })], () => {
      attempts += 1
      return { batchItemFailures: attempts === 1 ? [{ itemIdentifier: '3' }, { itemIdentifier: '2' }] : [] }
    })
    await until(() => calls.length >= 2)
    expect(calls.map(({ keys }) => keys)).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ])
  })

  it('goes on after a restart with what was not done with', async () => {
    await put('a')
    const first = start([mapping('wake')], (keys) => (keys.includes('b') ? new Promise(() => undefined) : {}))
    await until(() => seen('wake').includes('a'))
    await put('b')
    await until(() => seen('wake').includes('b'))
    first.stop()
    await put('c')
    start([mapping('wake')])
    await until(() => seen('wake').includes('c'))
    expect(seen('wake')).toEqual(['a', 'b', 'b', 'c'])
  })

  it.each([
    [{ startingPosition: 'LATEST' }, /TRIM_HORIZON/],
    [{ batchingWindowMs: 1000 }, /batching window/],
    [{ filters: ['{"eventName":[{"suffix":"Y"}]}'] }, /suffix/],
    [{ onFailureArn: 'arn:dlq' }, /arn:dlq/],
    [{ sourceArn: 'arn:aws:dynamodb:eu-west-1:1:table/other/stream/x' }, /table other has no stream/],
  ] satisfies [Partial<EventSourceSpec>, RegExp][])('refuses %j by name', (changes, message) => {
    expect(() => start([mapping('wake', changes)])).toThrow(message)
  })
})
