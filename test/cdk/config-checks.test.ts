import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { overlap, repeated } from '../../cdk/config-checks.ts'

/** Few addresses, so that ranges often meet. */
const range = fc.record({ low: fc.integer({ min: 0, max: 255 }), bits: fc.integer({ min: 24, max: 32 }) })
const cidr = ({ low, bits }: { low: number; bits: number }): string => `10.0.0.${low}/${bits}`
const addresses = ({ low, bits }: { low: number; bits: number }): number[] => {
  const size = 2 ** (32 - bits)
  const from = low - (low % size)
  return Array.from({ length: size }, (_, i) => from + i)
}

test('two ranges overlap when they have an address in common', () => {
  fc.assert(
    fc.property(range, range, (one, other) => {
      const common = addresses(one).some((address) => addresses(other).includes(address))
      expect(overlap(cidr(one), cidr(other))).toBe(common)
    }),
  )
})

test('what is repeated is told from where it stood first', () => {
  expect(repeated(['a', 'b', 'a', 'c', 'b', 'a'])).toEqual([2, 4, 5])
})
