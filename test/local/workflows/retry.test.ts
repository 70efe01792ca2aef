import fc from 'fast-check'
import { findCatcher, matches, nextRetry, Retrier, retryDelaySeconds } from '../../../local/workflows/retry.ts'

const retrier = (more: object = {}) => Retrier.parse({ ErrorEquals: ['States.ALL'], ...more })

describe('an error name', () => {
  it.each([
    [['Boom'], 'Boom', true],
    [['Boom'], 'Bang', false],
    [['States.ALL'], 'Boom', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.TaskFailed'], 'Boom', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.Timeout'], 'States.Timeout', true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.TaskFailed'], 'States.DataLimitExceeded', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
  ])('%j takes %s: %s', (names, error, expected) => {
    expect(matches(names, error)).toBe(expected)
  })

  it('States.ALL stands alone', () => {
    expect(() => retrier({ ErrorEquals: ['Boom', 'States.ALL'] })).toThrow('States.ALL must stand alone')
  })
})

describe('the delay before a retry', () => {
  it('is a second at first and doubles, when nothing is said', () => {
    expect([1, 2, 3].map((nth) => retryDelaySeconds(retrier(), nth, Math.random))).toEqual([1, 2, 4])
  })

  it('never shrinks, and never passes MaxDelaySeconds', () => {
    const some = fc.record({
      IntervalSeconds: fc.integer({ min: 1, max: 100 }),
      BackoffRate: fc.double({ min: 1, max: 4, noNaN: true }),
      MaxDelaySeconds: fc.integer({ min: 101, max: 1000 }),
    })
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 50 }), (fields, nth) => {
        const one = retrier(fields)
        const [now, later] = [nth, nth + 1].map((at) => retryDelaySeconds(one, at, Math.random))
        expect(now).toBeLessThanOrEqual(later ?? 0)
        expect(later).toBeLessThanOrEqual(fields.MaxDelaySeconds)
      }),
    )
  })

  it('is anything between nothing and all of it with full jitter', () => {
    const jittered = retrier({ IntervalSeconds: 8, JitterStrategy: 'FULL' })
    expect([0, 0.25, 0.999].map((value) => retryDelaySeconds(jittered, 1, () => value))).toEqual([0, 2, 7.992])
  })
})

describe('retrying', () => {
  const retriers = [retrier({ ErrorEquals: ['Boom'], MaxAttempts: 1 }), retrier({ MaxAttempts: 2 })]

  it('counts for the first retrier that names the error, and no other takes over when it is used up', () => {
    expect(nextRetry(retriers, [], 'Boom', Math.random)).toEqual({ used: [1, 0], delaySeconds: 1 })
    expect(nextRetry(retriers, [1, 0], 'Boom', Math.random)).toBeUndefined()
    expect(nextRetry(retriers, [1, 1], 'Bang', Math.random)).toEqual({ used: [1, 2], delaySeconds: 2 })
    expect(nextRetry(retriers, [1, 2], 'Bang', Math.random)).toBeUndefined()
  })

  it('does not happen with MaxAttempts 0', () => {
    expect(nextRetry([retrier({ MaxAttempts: 0 })], [], 'Boom', Math.random)).toBeUndefined()
  })
})

it('the first catcher that names the error takes it', () => {
  const [first, second] = [
    { ErrorEquals: ['Boom'], Next: 'A' },
    { ErrorEquals: ['States.ALL'], Next: 'B' },
  ]
  expect(findCatcher([first, second], 'Boom')).toBe(first)
  expect(findCatcher([first, second], 'Bang')).toBe(second)
  expect(findCatcher([first], 'Bang')).toBeUndefined()
})
