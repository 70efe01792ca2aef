import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { deliveringAtOnce, KEPT_UNRESERVED, reservedFor } from '../../cdk/concurrency.ts'
import { FUNCTION_VARIABLES, type FunctionName } from '../../shared/platform/env.ts'

const isName = (name: string): name is FunctionName => name in FUNCTION_VARIABLES
const names = Object.keys(FUNCTION_VARIABLES).filter(isName)
const reserved = (of: number | undefined) => Object.fromEntries(names.map((name) => [name, reservedFor(name, of)]))
const none = Object.fromEntries(names.map((name) => [name, undefined]))

test('a new account, or one of which nothing is said, has nothing reserved, so that it deploys', () => {
  expect([reserved(10), reserved(undefined)]).toEqual([none, none])
})

test('the loop has room of its own, whatever requests take; there is one sweep at a time', () => {
  expect(reserved(1_000)).toEqual({ ...none, observe: 100, step: 100, ring: 200, wake: 20, sweep: 1 })
})

test('Lambda always keeps what it refuses to reserve, and none that is reserved is kept from running', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 100_000 }), (of) => {
      const all = Object.values(reserved(of)).flatMap((each) => (each === undefined ? [] : [each]))
      const sum = all.reduce((total, each) => total + each, 0)
      expect(sum === 0 || of - sum >= KEPT_UNRESERVED).toBe(true)
      expect(Math.min(1, ...all)).toBe(1)
    }),
  )
})

test('deliveries take a tenth of what there is, within what an event source takes', () => {
  expect([10, 50, 1_000, 5_000].map((of) => deliveringAtOnce(of))).toEqual([2, 5, 100, 100])
  expect(deliveringAtOnce()).toBe(100)
})
