import { describe, expect, it } from '@jest/globals'
import { AwsError } from '../../../local/aws/service.ts'
import { createAsyncInvocations, type GivenUp } from '../../../local/lambda/async-invocations.ts'
import type { Outcome } from '../../../local/lambda/execution-environment.ts'
import { handTurnedTimers } from '../fixtures/hand-turned-timers.ts'

const failure: Outcome = { payload: '{"errorType":"Error"}', functionError: 'Unhandled' }
const success: Outcome = { payload: 'null' }

/** Six hours are Lambda's own. */
const MAX_AGE_MS = 7_000_000

function given(outcomes: (Outcome | AwsError)[]) {
  const timers = handTurnedTimers()
  const runs: number[] = []
  const discarded: GivenUp[] = []
  const invocations = createAsyncInvocations({
    run: async () => {
      runs.push(timers.now())
      const next = outcomes.shift()
      if (!next) throw new Error('ran more often than the test expected')
      if (next instanceof AwsError) throw next
      return next
    },
    retries: () => 2,
    maxAge: () => MAX_AGE_MS,
    timers,
    onDiscard: (_name, given) => discarded.push(given),
  })
  return { timers, runs, discarded, invocations }
}

describe('an asynchronous invocation', () => {
  it('that succeeds is run once', async () => {
    const { timers, runs, invocations } = given([success])
    invocations.accept('worker', '{}')
    await timers.advance(3_600_000)
    expect(runs).toEqual([0])
  })

  it('that fails is run again after one minute and after two more, then given up', async () => {
    const { timers, runs, discarded, invocations } = given([failure, failure, failure])
    invocations.accept('worker', '{}')
    await timers.advance(3_600_000)
    expect(runs).toEqual([0, 60_000, 180_000])
    expect(discarded).toEqual([
      { event: '{}', condition: 'RetriesExhausted', invokes: 3, answer: failure.payload, reason: failure.payload },
    ])
  })

  it('that is throttled is tried until there is room, without losing an attempt', async () => {
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded', 429)
    const { timers, runs, discarded, invocations } = given([throttled, throttled, failure, success])
    invocations.accept('worker', '{}')
    await timers.advance(3_600_000)
    expect(runs).toEqual([0, 1_000, 3_000, 63_000])
    expect(discarded).toEqual([])
  })

  it('that is throttled waits five minutes at most between tries, and is given up when it is too old', async () => {
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)
    const { timers, runs, discarded, invocations } = given(Array(40).fill(throttled))
    invocations.accept('worker', '{}')
    await timers.advance(24 * 3_600_000)
    expect(runs.slice(0, 11).map((at, n) => at - (runs[n - 1] ?? 0))).toEqual(
      [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((s) => s * 1000),
    )
    expect(runs.at(-1)).toBeGreaterThan(MAX_AGE_MS - 300_000)
    expect(runs.at(-1)).toBeLessThanOrEqual(MAX_AGE_MS)
    expect(discarded).toMatchObject([{ event: '{}', condition: 'EventAgeExceeded', invokes: 0 }])
  })

  it('is not tried again after the stop', async () => {
    const { timers, runs, invocations } = given([failure])
    invocations.accept('worker', '{}')
    await timers.advance(0)
    invocations.stop()
    await timers.advance(3_600_000)
    expect(runs).toEqual([0])
  })
})
