import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsError } from '../../../local/aws/service.ts'
import { createQueueMappings, type QueueMappingsOptions } from '../../../local/sqs/queue-mappings.ts'
import { createSqs, type Sqs } from '../../../local/sqs/sqs.ts'
import type { EventSourceSpec } from '../../../local/template/queues.ts'
import { type HandTurnedTimers, handTurnedTimers } from '../fixtures/hand-turned-timers.ts'
import { arnOf, queueSpec } from './given.ts'

const mapping = (changes: Partial<EventSourceSpec> = {}): EventSourceSpec => ({
  id: 'deliver',
  sourceArn: arnOf('deliveries'),
  functionName: 'deliver',
  batchSize: 2,
  batchingWindowMs: 0,
  bisectOnError: false,
  reportBatchItemFailures: true,
  filters: [],
  ...changes,
})

interface Record {
  messageId: string
  body: string
}
type Handle = (records: Record[]) => unknown

let timers: HandTurnedTimers
let sqs: Sqs
let dir: string
let calls: string[][]
let errors: string[]
const open = (): Sqs => {
  const redrive = { deadLetterArn: arnOf('dead'), maxReceiveCount: 2 }
  return createSqs({ queues: [queueSpec('deliveries', 'http://q', { redrive }), queueSpec('dead', 'http://q')], timers, dataDir: dir })
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sqs-'))
  timers = handTurnedTimers()
  sqs = open()
  calls = []
  errors = []
})
afterEach(() => {
  sqs.stop()
  rmSync(dir, { recursive: true })
})

const send = (...texts: string[]): void => {
  for (const body of texts) sqs.queue(arnOf('deliveries')).send({ body, sender: 'outbox' })
}
function start(handle: Handle, changes: Partial<EventSourceSpec> = {}): { stop(): void } {
  const invoke: QueueMappingsOptions['invoke'] = async (_, event) => {
    const records: Record[] = Object(event).Records
    calls.push(records.map(({ body }) => body))
    return { payload: await handle(records) }
  }
  return createQueueMappings({ eventSources: [mapping(changes)], sqs, invoke, timers, onError: (error) => errors.push(String(error)) })
}
const left = (name = 'deliveries') => sqs.queue(arnOf(name)).counts()

describe('a queue mapping', () => {
  it('hands messages over as they come, in batches, in the shape that Lambda has', async () => {
    let event: unknown
    send('a', 'b', 'c')
    start((records) => {
      event ??= records[0]
    })
    send('d')
    await timers.advance(0)
    expect(calls).toEqual([['a', 'b'], ['c'], ['d']])
    expect(event).toMatchObject({
      body: 'a',
      md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
      attributes: { ApproximateReceiveCount: '1', SenderId: 'outbox' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: arnOf('deliveries'),
      awsRegion: 'eu-west-1',
    })
    expect(left()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it('keeps only the messages that the function reports, and moves them after too many tries', async () => {
    send('good', 'bad')
    start((records) => ({
      batchItemFailures: records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })),
    }))
    await timers.advance(60_000)
    expect(calls).toEqual([['good', 'bad'], ['bad']])
    expect(left()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
    expect(left('dead').visible).toBe(1)
  })

  it.each([
    ['fails', () => Promise.reject(new Error('broken'))],
    ['reports a message it was not given', () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
    ['answers no report', () => ({ batchItemFailures: 'all' })],
  ])('keeps all messages of a batch whose function %s', async (_, handle) => {
    send('a', 'b')
    start(handle)
    await timers.advance(0)
    expect(left().inFlight).toBe(2)
  })

  it('waits for a throttled function for as long as its messages are hidden, in its place', async () => {
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
    const refusing = (times: number) => () => {
      if (calls.length <= times) throw throttled
      return {}
    }
    send('a', 'b')
    start(refusing(4), { maximumConcurrency: 1 })
    send('c')
    await timers.advance(10_000)
    expect(calls).toEqual([...Array(5).fill(['a', 'b']), ['c']])
    expect([errors, left()]).toEqual([[], { visible: 0, inFlight: 0, delayed: 0 }])
  })

  it('lets go of messages that no function had room for while they were hidden: they come again', async () => {
    send('a')
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
    const { stop } = start(() => Promise.reject(throttled))
    await timers.advance(29_999)
    const tries = calls.length
    expect([errors.length, left().inFlight]).toEqual([1, 1])
    await timers.advance(1)
    expect([calls.length, left().inFlight]).toEqual([tries + 1, 1])
    stop()
    await timers.advance(29_999)
    expect(calls.length).toBe(tries + 1)
  })

  it('reports what a function threw', async () => {
    send('a')
    start(() => Promise.reject(new Error('broken')))
    await timers.advance(0)
    expect(errors).toEqual(['Error: broken'])
  })

  it('is not held up by a slow batch, up to its bound', async () => {
    send('slow', 'slow too')
    start(([first]) => (first?.body.startsWith('slow') ? new Promise(() => undefined) : {}), { maximumConcurrency: 2 })
    send('a')
    await timers.advance(0)
    send('b')
    await timers.advance(0)
    expect(calls).toEqual([['slow', 'slow too'], ['a'], ['b']])
    send('slow', 'c')
    await timers.advance(0)
    send('d')
    await timers.advance(0)
    expect(calls.at(-1)).toEqual(['slow'])
    expect(left().visible).toBe(2)
  })

  it('hands over at once after a restart what was in the hands of the old process', async () => {
    send('a')
    start(() => new Promise(() => undefined)).stop()
    sqs.stop()
    sqs = open()
    start(() => ({}))
    await timers.advance(0)
    expect(calls).toEqual([['a'], ['a']])
    expect(left()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  it.each([[{ filters: ['{}'] }], [{ batchingWindowMs: 5 }], [{ onFailureArn: 'arn' }]])('refuses %j by name', (changes) => {
    expect(() => start(() => ({}), changes)).toThrow('the local model of a queue has no')
  })
})
