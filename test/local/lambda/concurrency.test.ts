import * as fc from 'fast-check'
import { createConcurrency, wasThrottled } from '../../../local/lambda/concurrency.ts'

const refusal = (begin: () => unknown): unknown => {
  try {
    begin()
  } catch (error) {
    return error
  }
  return undefined
}

test('a function runs as often at once as it has reserved, and others as the account has left', () => {
  const { begin } = createConcurrency([{ name: 'own', reservedConcurrency: 2 }, { name: 'one' }, { name: 'other' }], 102)
  const [end] = [begin('own'), begin('own')]
  const beyond = refusal(() => begin('own'))
  expect(wasThrottled(beyond)).toBe(true)
  expect(beyond).toMatchObject({ status: 429, detail: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' } })
  end?.()
  begin('own')
  for (let n = 0; n < 50; n += 1) for (const name of ['one', 'other']) begin(name)
  expect(refusal(() => begin('one'))).toMatchObject({ message: 'Rate Exceeded.', detail: { Reason: 'ConcurrentInvocationLimitExceeded' } })
})

test('a function that has nothing reserved for it does not run', () => {
  const { begin } = createConcurrency([{ name: 'off', reservedConcurrency: 0 }, { name: 'on' }], 10)
  expect(wasThrottled(refusal(() => begin('off')))).toBe(true)
  begin('on')
})

test('more is not reserved than Lambda lets be', () => {
  expect(() => createConcurrency([{ name: 'greedy', reservedConcurrency: 901 }], 1_000)).toThrow('greedy reserve so much')
  expect(() => createConcurrency([{ name: 'modest', reservedConcurrency: 900 }], 1_000)).not.toThrow()
})

test('whatever begins and ends, never more run than may, and who is refused finds all taken', () => {
  const names = ['a', 'b', 'c'] as const
  fc.assert(
    fc.property(
      fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      fc.array(fc.tuple(fc.constantFrom(...names), fc.boolean()), { maxLength: 400 }),
      (own, acts) => {
        const account = 103
        const { begin } = createConcurrency(
          [own === undefined ? { name: 'a' } : { name: 'a', reservedConcurrency: own }, { name: 'b' }, { name: 'c' }],
          account,
        )
        const ends: Record<string, (() => void)[]> = { a: [], b: [], c: [] }
        const running = (of: readonly string[]): number => of.reduce((sum, name) => sum + (ends[name]?.length ?? 0), 0)
        for (const [name, starts] of acts) {
          const [sharing, most] = own === undefined ? [names, account] : name === 'a' ? [['a'], own] : [['b', 'c'], account - own]
          if (!starts) ends[name]?.pop()?.()
          else if (refusal(() => ends[name]?.push(begin(name))) !== undefined) expect(running(sharing)).toBe(most)
          expect(running(sharing)).toBeLessThanOrEqual(most)
        }
      },
    ),
  )
})
