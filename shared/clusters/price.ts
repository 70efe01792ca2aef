import type { ClusterSpec } from '../contract/cluster.ts'
import type { Price } from '../contract/price.ts'
import type { Prices } from '../platform/env.ts'
import { quotaOf } from './quota.ts'
import { ringOf } from './ring-of.ts'

const HOURS_A_MONTH = 730
/** An append-only file grows to twice the data before it is written anew. */
const DISK_PER_MEMORY = 2
/** Of the currency's unit; sums of whole ones are exact. */
const MICRO = 1_000_000
const CENTS = 100

const decimal = (count: number, parts: number): string => (count / parts).toFixed(Math.log10(parts))

/** What such a cluster costs, by what its nodes are given, used or not. */
export function priceOf(prices: Prices, spec: ClusterSpec): Price {
  const { cpu_units, memory_mib } = quotaOf(spec)
  const memoryGib = memory_mib / 1024
  const vcpus = cpu_units / 1024
  const diskGib = ringOf(spec).persistent ? memoryGib * DISK_PER_MEMORY : 0
  const parts = [
    { item: 'cpu', quantity: vcpus, unit: 'vCPU', micros: vcpus * prices.vcpu_hour * MICRO },
    { item: 'memory', quantity: memoryGib, unit: 'GiB', micros: memoryGib * prices.gib_hour * MICRO },
    { item: 'disk', quantity: diskGib, unit: 'GiB', micros: (diskGib * prices.disk_gib_month * MICRO) / HOURS_A_MONTH },
  ] as const
  const whole = parts.filter(({ quantity }) => quantity > 0).map((part) => ({ ...part, micros: Math.round(part.micros) }))
  const perHour = whole.reduce((sum, { micros }) => sum + micros, 0)
  return {
    currency: prices.currency,
    per_hour: decimal(perHour, MICRO),
    per_month: decimal(Math.round((perHour * HOURS_A_MONTH * CENTS) / MICRO), CENTS),
    items: whole.map(({ item, quantity, unit, micros }) => ({ item, quantity, unit, per_hour: decimal(micros, MICRO) })),
  }
}
