import { PRICES } from '../../cdk/aws-prices.ts'
import { idlePolls, idleWork } from '../../cdk/capacity/bill.ts'
import { type Item, itemOf, itemsOf, times, totalOf } from '../../cdk/capacity/usage.ts'
import { watchingOf } from '../../cdk/capacity/watching.ts'
import { config } from '../../cdk/configured.ts'
import { type Figure, median } from '../figure.ts'
import { cents, inCents, writeDown } from './bill.ts'
import { type IdleHour, SWEEPS_AN_HOUR } from './idle-hour.ts'

/** A vCPU is 1,769 MiB of a function's memory: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_A_VCPU = 1_769

/** What a sweep waits for: credentials are there, its queries and its question to ECS go out side by side. */
const WAITING_MS = 20

/**
 * What a sweep is billed for: what it computes, of which Lambda gives it a share of a vCPU, and what it waits for. Its time here would be
 * that of a machine which others share.
 */
function sweepGbSeconds({ reading }: IdleHour): number {
  const sweep = [...reading.functions].find(([name]) => name.endsWith('-sweep'))?.[1]
  if (!sweep) throw new Error('no sweep was counted')
  const ms = WAITING_MS + median(sweep.cpuMs) * Math.max(1, MIB_A_VCPU / sweep.memoryMiB)
  return (Math.ceil(ms) * (sweep.memoryMiB / 1024)) / 1000
}

/** What AWS takes off for every account and for good, beside it. */
const freeOf = (items: Item[]): string => items.flatMap(({ what, free }) => (free === undefined ? [] : [`${free} (${what})`])).join(', ')

/** @param hour of a cell without rings */
export function idleMonthFigures(hour: IdleHour): Figure[] {
  const { reading } = hour
  const gbSeconds = sweepGbSeconds(hour)
  const items = itemsOf(idleWork({ ...times(reading.usage, 1 / SWEEPS_AN_HOUR), gbSeconds }))
  const polls = itemsOf(idlePolls)
  const optional: Item[] = [
    ...watchingOf(config),
    itemOf('private zone', 1, PRICES.zoneMonth),
    itemOf('customer managed key, where one is asked for', 1, PRICES.keyMonth),
  ]
  writeDown('idle-month', {
    items,
    usd: totalOf(items),
    polls,
    optional,
    functions: Object.fromEntries(reading.functions),
  })
  const beside = optional.map(({ what, count, usd }) => `${what} ${count}: $${usd.toFixed(2)}`).join(', ')
  return [
    {
      name: 'an idle month of the control plane, at list price',
      ours: cents(totalOf(items)),
      unit: 'US cents',
      target: 10,
      note: `${inCents(items)}; named apart: ${beside}; free in every account: ${freeOf([...items, ...optional])}`,
    },
    {
      name: "Lambda's own requests to the queue of deliveries in that month, at list price",
      ours: cents(totalOf(polls)),
      unit: 'US cents',
      note: `${inCents(polls)}; free in every account: ${freeOf(polls)}`,
    },
  ]
}
