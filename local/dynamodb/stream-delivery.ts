import { randomUUID } from 'node:crypto'
import { failedItems } from '../aws/batch-failures.ts'
import { type EventPattern, eventPattern } from '../aws/event-pattern.ts'
import { wasThrottled } from '../lambda/concurrency.ts'
import type { Lambda } from '../lambda/lambda.ts'
import type { DurableMap } from '../store/durable-map.ts'
import type { EventSourceSpec } from '../template/queues.ts'
import type { Timers } from '../timers.ts'
import type { StreamRecord } from './stream.ts'

export interface MappingDeps {
  invoke: Lambda['invoke']
  timers: Timers
  /** Sequence number of the last record done with, by mapping. */
  checkpoints: DurableMap<string>
  onError: (error: unknown) => void
  /** Tells an on-failure destination. */
  sendFailure?: (destinationArn: string, body: object) => Promise<void>
}

/** Hands a batch to the function until it is done with, or given up. */
export type Deliver = (records: StreamRecord[]) => Promise<void>

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 30_000

const isoTime = (epochSeconds: number | undefined): string => new Date((epochSeconds ?? 0) * 1000).toISOString()

/** As Lambda hands it over: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb */
function eventRecord(mapping: EventSourceSpec, record: StreamRecord): object {
  const awsRegion = mapping.sourceArn.split(':')[3] ?? ''
  return { ...record, eventSource: 'aws:dynamodb', awsRegion, eventSourceARN: mapping.sourceArn }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
function failureBody(mapping: EventSourceSpec, records: StreamRecord[], invokes: number, functionError: string, now: number): object {
  const [first, last] = [records[0]?.dynamodb, records.at(-1)?.dynamodb]
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionName,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: invokes,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: last?.SequenceNumber,
      approximateArrivalOfFirstRecord: isoTime(first?.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: isoTime(last?.ApproximateCreationDateTime),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
    },
  }
}

function compileFilters(mapping: EventSourceSpec): (record: StreamRecord) => boolean {
  const patterns: EventPattern[] = mapping.filters.map((text) => eventPattern(JSON.parse(text)))
  return (record) => patterns.length === 0 || patterns.some((matches) => matches(eventRecord(mapping, record)))
}

/** Index of the first record that has to come again, and why; `undefined` when all are done, `throttled` when none came to the function. */
type Attempt = (records: StreamRecord[]) => Promise<{ failedAt: number; reason: string } | 'throttled' | undefined>

function attempter(mapping: EventSourceSpec, deps: MappingDeps): Attempt {
  return async (records) => {
    try {
      const answer = await deps.invoke(mapping.functionName, { Records: records.map((record) => eventRecord(mapping, record)) })
      if (answer.functionError) return { failedAt: 0, reason: `${answer.functionError}: ${JSON.stringify(answer.payload)}` }
      if (!mapping.reportBatchItemFailures) return undefined
      const sequences = records.map((record) => record.dynamodb.SequenceNumber)
      const failed = failedItems(answer.payload, sequences)
      if (failed.length === 0) return undefined
      // Records keep their order: what comes behind the first failure comes again with it.
      return { failedAt: Math.min(...failed.map((id) => sequences.indexOf(id))), reason: 'batchItemFailures' }
    } catch (error) {
      if (wasThrottled(error)) return 'throttled'
      return { failedAt: 0, reason: String(error) }
    }
  }
}

export function deliverer(mapping: EventSourceSpec, deps: MappingDeps, checkpoint: (sequence: string) => void, isAlive: () => boolean) {
  const attempt = attempter(mapping, deps)
  const pause = (tries: number): Promise<void> =>
    new Promise((resolve) => deps.timers.after(Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS), resolve))
  const done = (records: StreamRecord[]): void => {
    const last = records.at(-1)
    if (last) checkpoint(last.dynamodb.SequenceNumber)
  }
  async function giveUp(records: StreamRecord[], invokes: number, reason: string): Promise<void> {
    const sequences = `${records[0]?.dynamodb.SequenceNumber}..${records.at(-1)?.dynamodb.SequenceNumber}`
    deps.onError(new Error(`${mapping.functionName} failed ${invokes} times; records ${sequences} are given up: ${reason}`))
    if (mapping.onFailureArn)
      await deps.sendFailure?.(mapping.onFailureArn, failureBody(mapping, records, invokes, 'Unhandled', deps.timers.now()))
    done(records)
  }
  /**
   * What a throttled function was not given counts as no try, and is not split:
   * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
   */
  async function reach(records: StreamRecord[]): Promise<Exclude<Awaited<ReturnType<Attempt>>, 'throttled'>> {
    for (let throttles = 1; ; throttles += 1) {
      const answer = await attempt(records)
      if (answer !== 'throttled') return answer
      await pause(throttles)
      if (!isAlive()) return undefined
    }
  }
  /** @param tries how often the first of these records has failed already. Splitting a batch does not count. */
  async function deliver(records: StreamRecord[], tries: number): Promise<void> {
    const failure = await reach(records)
    if (!isAlive()) return
    if (!failure) return done(records)
    done(records.slice(0, failure.failedAt))
    const rest = records.slice(failure.failedAt)
    if (failure.failedAt === 0 && rest.length > 1 && mapping.bisectOnError) {
      const half = Math.ceil(rest.length / 2)
      await deliver(rest.slice(0, half), tries)
      return deliver(rest.slice(half), tries)
    }
    const failed = failure.failedAt > 0 ? 1 : tries + 1
    if (failed > (mapping.retryAttempts ?? Infinity)) return giveUp(rest, failed, failure.reason)
    await pause(failed)
    return isAlive() ? deliver(rest, failed) : undefined
  }
  return { matches: compileFilters(mapping), deliver: ((records) => deliver(records, 0)) satisfies Deliver }
}
