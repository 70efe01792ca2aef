import { describe, expect, it } from '@jest/globals'
import { priceOf } from '../../../shared/clusters/price.ts'
import { specOf } from '../../../shared/contract/cluster.ts'

const PRICES = { currency: 'USD', vcpu_hour: 0.03238, gib_hour: 0.00356, disk_gib_month: 0.08 }
const spec = (durability: 'cache' | 'replicated') => specOf({ engine: 'valkey', size: '1g', durability }, ['a', 'b', 'c'])

describe('the price', () => {
  it('is of what all nodes are given, for an hour and for a month of 730 of them', () => {
    expect(priceOf(PRICES, spec('replicated'))).toEqual({
      currency: 'USD',
      per_hour: '0.046960',
      per_month: '34.28',
      items: [
        { item: 'cpu', quantity: 0.75, unit: 'vCPU', per_hour: '0.024285' },
        { item: 'memory', quantity: 6, unit: 'GiB', per_hour: '0.021360' },
        { item: 'disk', quantity: 12, unit: 'GiB', per_hour: '0.001315' },
      ],
    })
  })

  it('has no disk in it for what is kept in memory only', () => {
    expect(priceOf(PRICES, spec('cache')).items.map(({ item }) => item)).toEqual(['cpu', 'memory'])
  })

  it('is the sum of its parts to the last digit', () => {
    const { per_hour, items } = priceOf({ ...PRICES, vcpu_hour: 0.033333333, gib_hour: 0.0011111111 }, spec('replicated'))
    const micros = (text: string) => Math.round(Number(text) * 1_000_000)
    expect(items.reduce((sum, item) => sum + micros(item.per_hour), 0)).toBe(micros(per_hour))
  })
})
