import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { instancePrice, PEERS, PRICES, sourcesOf } from '../../../cdk/aws-prices.ts'
import { LIMITS, type LimitName } from '../../../cdk/capacity/limits.ts'
import { type CapacityPlan, planOf } from '../../../cdk/capacity/plan.ts'
import { SMALLEST } from '../../../cdk/capacity/ring.ts'
import { tableOf } from '../../../cdk/capacity/table.ts'
import { deliveringAtOnce } from '../../../cdk/concurrency.ts'
import type { CellConfig } from '../../../cdk/config.ts'
import { config } from '../../../cdk/configured.ts'
import { cellWith, hostClasses, kinds } from './given.ts'

const rings = fc.integer({ min: 0, max: 30_000 })
const hostsOf = ({ spread: { alike } }: CapacityPlan): number =>
  alike.reduce((hosts, { demand, count }) => hosts + count * demand.hostsByZone.reduce((sum, each) => sum + each, 0), 0)

describe('a plan', () => {
  it('grows with the rings: more of them never need less or cost less', () => {
    fc.assert(
      fc.property(kinds, hostClasses, rings, rings, (kind, hostClass, one, other) => {
        const cell = cellWith(hostClass)
        const [fewer, more] = [planOf(cell, kind, Math.min(one, other)), planOf(cell, kind, Math.max(one, other))]
        expect(hostsOf(more)).toBeGreaterThanOrEqual(hostsOf(fewer))
        expect(more.bill.usd).toBeGreaterThanOrEqual(fewer.bill.usd)
        expect(more.spread.cells).toBeGreaterThanOrEqual(fewer.spread.cells)
        expect(more.spread.accounts).toBeGreaterThanOrEqual(fewer.spread.accounts)
      }),
    )
  })

  it('keeps every ring within what AWS does not raise, and names what it has to be asked for', () => {
    fc.assert(
      fc.property(kinds, hostClasses, rings, (kind, hostClass, count) => {
        const { cells, cellsPerAccount, accounts, alike, ringsPerAccount, takes, raise } = planOf(cellWith(hostClass), kind, count).spread
        expect(alike.reduce((sum, { demand, count }) => sum + count * demand.rings, 0)).toBe(count)
        expect(alike.reduce((sum, each) => sum + each.count, 0)).toBe(cells)
        expect(accounts * ringsPerAccount).toBeGreaterThanOrEqual(count)
        expect(accounts * cellsPerAccount).toBeGreaterThanOrEqual(cells)
        for (const [name, limit] of Object.entries(LIMITS)) {
          const key = name as LimitName
          if (limit.raisable) expect(raise.some((each) => each.limit === key)).toBe(takes[key] > limit.value)
          else expect(takes[key]).toBeLessThanOrEqual(limit.value)
        }
      }),
    )
  })

  it('says which limit asks for another cell, and which for another account', () => {
    const many = planOf(config, SMALLEST, 10_000).spread
    expect(many).toMatchObject({ cells: 2, cellBound: 'parameters', accounts: 2, accountBound: 'parameters' })
    const large = planOf(config, { ...SMALLEST, size: '4g' }, 9_000).spread
    expect(large).toMatchObject({ cells: 2, cellBound: 'nodeAddressesPerZone', accounts: 1 })
  })

  it('gives hosts addresses, two each where nodes have interfaces of their own, and endpoints theirs', () => {
    const [shared] = config.hostClasses
    if (!shared) throw new Error('no host class')
    const takes = (cell: CellConfig) => planOf(cell, SMALLEST, 100).spread.cell
    const plain = takes(config)
    expect(plain.takes.hostAddressesPerZone).toBe(Math.max(...plain.hostsByZone))
    const own = takes(cellWith({ ...shared, network: 'own', taskInterfaces: 10 }))
    expect(own.takes.hostAddressesPerZone).toBe(2 * Math.max(...own.hostsByZone))
    const closed = takes({ ...config, egress: 'endpoints' })
    expect(closed.takes.hostAddressesPerZone - plain.takes.hostAddressesPerZone).toBe(7)
    expect(closed.takes.interfaces - plain.takes.interfaces).toBe(3 * 7)
  })

  it('makes rings as fast as the account may define them, until ECS has no more answers', () => {
    const made = (perSecond: number) => planOf({ ...config, taskDefinitions: { burst: 20, perSecond } }, SMALLEST, 1_020)
    expect([made(1).makeSeconds, made(1).makeBound]).toEqual([1_000, 'definitions'])
    expect([made(1.25).makeSeconds, made(1.25).makeBound]).toEqual([800, 'definitions'])
    expect(made(100)).toMatchObject({ makeSeconds: (1_020 * 13 - 100) / 20, makeBound: 'reads' })
    const functions = (perSecond: number) => made(perSecond).spread.cell.takes.concurrency
    expect(functions(2)).toBeGreaterThan(functions(1))
    expect(functions(100)).toBe(functions(1_000))
  })

  it('has as many functions deliver at once as the cell lets them', () => {
    const atOnce = (concurrentExecutions: number) =>
      planOf({ ...config, concurrentExecutions }, SMALLEST, 1).spread.cell.takes.concurrency - deliveringAtOnce(concurrentExecutions)
    expect(atOnce(10)).toBe(atOnce(1_000))
  })

  it('is billed the sum of its lines, and nothing less than its hosts and their disks', () => {
    const { bill, spread } = planOf(config, SMALLEST, 100)
    expect(bill.usd).toBeCloseTo(bill.items.reduce((sum, { usd }) => sum + usd, 0))
    expect(bill.usdPerRing).toBeCloseTo(bill.usd / 100)
    const host = spread.cell.hostClass
    const gib = 30 + host.dataDiskGib
    const least = hostsOf(planOf(config, SMALLEST, 100)) * (730 * instancePrice(host.instanceType).usdHour + gib * PRICES.diskGbMonth.usd)
    expect(bill.usd).toBeGreaterThan(least)
    expect(bill.usdPerRingWithPlan).toBeLessThan(bill.usdPerRing)
  })

  it('is shown with a column for each fleet', () => {
    const [head, , ...rows] = tableOf([100, 10_000].map((count) => planOf(config, SMALLEST, count))).split('\n')
    expect(head).toContain('100 rings')
    expect(rows.every((row) => row.length === head?.length)).toBe(true)
  })
})

describe('list prices', () => {
  it('each say where they are from, and are there for all hosts that may be configured here', () => {
    for (const price of Object.values({ ...PRICES, ...PEERS })) expect(sourcesOf(price)).toMatch(/20\d\d/)
    for (const { instanceType } of config.hostClasses) expect(instancePrice(instanceType).usdHour).toBeGreaterThan(0)
    expect(() => instancePrice('x1e.32xlarge')).toThrow('add one, with its source')
  })

  it('are of machines as the configuration has them', () => {
    for (const { instanceType, vcpus, memoryMib } of config.hostClasses)
      expect(instancePrice(instanceType)).toMatchObject({ vcpus, memoryMib })
  })
})
