import { type ListPrice, PRICES, type PriceName } from '../aws-prices.ts'

/** What AWS bills by use and not by the hour, counted. */
export interface Usage {
  transitions: number
  writeUnits: number
  readUnits: number
  invocations: number
  gbSeconds: number
  apiRequests: number
  /** Requests to SQS: the functions' and Lambda's own. */
  queueRequests: number
  logBytes: number
  /** Requests to KMS, for parameters that are encrypted. */
  keyRequests: number
  traces: number
}

/** One line of a bill. */
export interface Item {
  what: string
  count: number
  usd: number
  /** So much of it AWS takes off for every account and for good; here it is not. */
  free?: string
}

/** At list price. */
export function itemOf(what: string, count: number, price: ListPrice): Item {
  return { what, count, usd: count * price.usd, ...(price.free === undefined ? {} : { free: price.free }) }
}

const PRICED: [keyof Usage, PriceName, string][] = [
  ['transitions', 'transition', 'state transitions'],
  ['writeUnits', 'writeUnit', 'write units'],
  ['readUnits', 'readUnit', 'read units'],
  ['invocations', 'lambdaRequest', 'invocations'],
  ['gbSeconds', 'lambdaGbSecond', 'GB-seconds'],
  ['apiRequests', 'apiRequest', 'API requests'],
  ['queueRequests', 'queueRequest', 'requests to SQS'],
  ['keyRequests', 'keyRequest', 'requests to KMS'],
  ['traces', 'trace', 'traces'],
]
const GB = 1e9

/** A log is taken in once and kept for a month. */
const logItem = (bytes: number): Item => ({
  what: 'bytes of log',
  count: bytes,
  usd: (bytes / GB) * (PRICES.logGb.usd + PRICES.logGbMonth.usd),
  free: PRICES.logGb.free,
})

/** At list price, what there was none of left out. */
export function itemsOf(usage: Usage): Item[] {
  const items = PRICED.map(([name, price, what]) => itemOf(what, usage[name], PRICES[price]))
  return [...items, logItem(usage.logBytes)].filter(({ count }) => count > 0)
}

export const totalOf = (items: Item[]): number => items.reduce((sum, { usd }) => sum + usd, 0)

const USED_NOTHING: Usage = {
  ...{ transitions: 0, writeUnits: 0, readUnits: 0, invocations: 0, gbSeconds: 0 },
  ...{ apiRequests: 0, queueRequests: 0, logBytes: 0, keyRequests: 0, traces: 0 },
}

function mapped(value: (name: keyof Usage) => number): Usage {
  const usage = { ...USED_NOTHING }
  for (const [name] of PRICED) usage[name] = value(name)
  return { ...usage, logBytes: value('logBytes') }
}

/** @param less is taken off `more` */
export const difference = (more: Usage, less: Usage): Usage => mapped((name) => more[name] - less[name])
export const times = (usage: Usage, factor: number): Usage => mapped((name) => usage[name] * factor)
export const sum = (...usages: Usage[]): Usage => mapped((name) => usages.reduce((total, usage) => total + usage[name], 0))
export const usage = (some: Partial<Usage>): Usage => ({ ...USED_NOTHING, ...some })
