import fc from 'fast-check'
import { ATTEMPT_DELAYS_MS, afterAttempt, retryAfterMs } from '../../../shared/webhooks/schedule.ts'
import { START } from './given.ts'

const HOUR = 3_600_000
const failed = (status?: number) => ({ outcome: 'failure' as const, ...(status === undefined ? {} : { status }) })
const delayAfter = (made: number, status: number, retryAfter: string, random = 0) => {
  const verdict = afterAttempt(failed(status), made, { now: START, random, retryAfter })
  return verdict.kind === 'retry' ? verdict.delayMs : undefined
}

describe('after an attempt', () => {
  it('that succeeded nothing follows', () => {
    expect(afterAttempt({ outcome: 'success', status: 200 }, 1, { now: START, random: 0 })).toEqual({ kind: 'succeeded' })
  })

  it('that failed the next follows on the schedule, ten in all', () => {
    const verdicts = ATTEMPT_DELAYS_MS.map((_, i) => afterAttempt(failed(500), i + 1, { now: START, random: 0 }))
    expect(verdicts.map((verdict) => (verdict.kind === 'retry' ? verdict.delayMs / 1000 : verdict.kind))).toEqual([
      ...[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
      'exhausted',
    ])
  })

  it('that was answered 410 the receiver is gone', () => {
    expect(afterAttempt(failed(410), 1, { now: START, random: 0 })).toEqual({ kind: 'gone' })
  })

  it('jitter stretches a delay by at most a fifth and never shortens it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (made, random) => {
        const plain = ATTEMPT_DELAYS_MS[made] ?? 0
        const stretched = delayAfter(made, 500, '', random) ?? 0
        expect(stretched).toBeGreaterThanOrEqual(plain)
        expect(stretched).toBeLessThanOrEqual(plain * 1.2)
      }),
    )
  })
})

describe('a Retry-After', () => {
  it.each([429, 503])('is honoured with %d, in seconds or as a date', (status) => {
    expect(delayAfter(1, status, '120')).toBe(120_000)
    expect(delayAfter(1, status, new Date(START + 90_000).toUTCString())).toBe(90_000)
  })

  it('never brings an attempt forward', () => {
    expect(delayAfter(3, 503, '1')).toBe(1_800_000)
  })

  it('means nothing with another status', () => {
    expect(delayAfter(1, 500, '120')).toBe(5_000)
  })

  it('is never taken for more than a day, nor for less than nothing, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const wait = retryAfterMs(header, START)
          expect(wait).toBeGreaterThanOrEqual(0)
          expect(wait).toBeLessThanOrEqual(24 * HOUR)
        },
      ),
    )
    expect(retryAfterMs('9'.repeat(400), START)).toBe(24 * HOUR)
    expect(retryAfterMs('soon', START)).toBe(0)
  })
})
