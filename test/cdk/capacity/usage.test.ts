import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import * as z from 'zod'
import { PRICES } from '../../../cdk/aws-prices.ts'
import { difference, itemsOf, sum, times, totalOf, type Usage, usage } from '../../../cdk/capacity/usage.ts'

const counts = fc.nat({ max: 1_000_000 })
const usages: fc.Arbitrary<Usage> = fc
  .record({ transitions: counts, writeUnits: counts, readUnits: counts, gbSeconds: counts, logBytes: counts, traces: counts })
  .map(usage)
const usd = (of: Usage): number => totalOf(itemsOf(of))

describe('what is used', () => {
  it('is billed alike in one or in parts', () => {
    fc.assert(
      fc.property(usages, usages, (one, other) => {
        expect(usd(sum(one, other))).toBeCloseTo(usd(one) + usd(other), 6)
        expect(difference(sum(one, other), other)).toEqual(one)
        expect(usd(times(one, 3))).toBeCloseTo(usd(one) * 3, 6)
      }),
    )
  })

  it('is billed at list price, and a log for taking it in and for a month', () => {
    expect(itemsOf(usage({ transitions: 1_000 }))).toEqual([
      { what: 'state transitions', count: 1_000, usd: 1_000 * PRICES.transition.usd, free: PRICES.transition.free },
    ])
    expect(usd(usage({ logBytes: 1e9 }))).toBeCloseTo(0.53)
    expect(itemsOf(usage({}))).toEqual([])
  })
})

describe('npm run capacity', () => {
  const script = join(import.meta.dirname, '..', '..', '..', 'cdk', 'capacity', 'run.ts')
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args])
  const Answer = z.object({ plans: z.array(z.object({ rings: z.number(), bill: z.object({ usd: z.number() }) })) })

  it('answers for programs with --json, and for people with a table', async () => {
    const answer = Answer.parse(JSON.parse((await run('--json', '--rings', '7', '--size', '1g')).stdout))
    expect(answer.plans.map(({ rings }) => rings)).toEqual([7])
    expect((await run('--rings', '7')).stdout).toContain('| 7 rings')
  })

  it('says what it takes, and what of it was not understood', async () => {
    expect((await run('--help')).stdout).toContain('--size SIZE')
    await expect(run('--size', '3g')).rejects.toThrow('--size takes one of 256m')
    await expect(run('--rings', 'many')).rejects.toThrow('--rings takes a whole number')
  })
})
