import { CREATE_AND_DELETE, ECS_CALLS, LOOK, SWEEP } from '../../cdk/capacity/measured.ts'
import { difference, itemsOf, times, totalOf, type Usage } from '../../cdk/capacity/usage.ts'
import type { Figure, Skipped } from '../figure.ts'
import { cents, inCents, writeDown } from './bill.ts'
import { createAndDelete } from './create-delete.ts'
import { gossip } from './gossip.ts'
import { type IdleHour, idleHour, SWEEPS_AN_HOUR } from './idle-hour.ts'
import { idleMonthFigures } from './idle-month.ts'
import type { Reading } from './meter.ts'
import { seedQuestionFigures } from './seed-question.ts'

const FEW = 10
const MANY = 100

const usdOf = (usage: Usage): number => totalOf(itemsOf(usage))
const named = (reading: Reading) => ({
  usage: reading.usage,
  items: itemsOf(reading.usage),
  functions: Object.fromEntries(reading.functions),
  calls: Object.fromEntries(reading.calls),
  units: Object.fromEntries(reading.units),
})

/** What `npm run capacity` reckons with must not be less than what is counted; time is as busy as the machine is. */
const asWritten = (what: string, counted: Usage, written: Usage): Figure => ({
  name: `${what}, as counted / as the calculation has it`,
  ours: cents(usdOf(counted)),
  theirs: cents(usdOf(written)),
  unit: 'US cents',
  target: 1.1,
})

async function createFigures(): Promise<Figure[]> {
  const { warm, cold, readsToReady } = await createAndDelete()
  writeDown('create-delete', { warm: named(warm), cold: named(cold), usd: usdOf(warm.usage) })
  const starts = [...cold.functions.values()].reduce((sum, each) => sum + each.starts, 0)
  return [
    {
      name: 'create and delete of a ring of 6 nodes, at list price',
      ours: cents(usdOf(warm.usage)),
      unit: 'US cents',
      target: 1,
      note: `${inCents(itemsOf(warm.usage))}; with ${starts} cold starts ${cents(usdOf(cold.usage)).toFixed(3)}; ECS takes 21 s to start a node, which a function waits for`,
    },
    asWritten('create and delete', warm.usage, CREATE_AND_DELETE),
    {
      name: 'questions to ECS about tasks and hosts until a ring is ready, the sweep of each minute among them / as the calculation has it',
      ours: readsToReady,
      theirs: ECS_CALLS.readsPerCreate,
      unit: 'calls',
      target: 1.2,
    },
  ]
}

const callsOf = ({ reading }: IdleHour): number => [...reading.calls.values()].reduce((sum, count) => sum + count, 0)

/** What an hour costs beyond that of fewer rings, by ring. */
function slope(many: IdleHour, few: IdleHour, of: (hour: IdleHour) => number): number {
  return (of(many) - of(few)) / (many.rings - few.rings)
}

function fleetFigures(none: IdleHour, few: IdleHour, many: IdleHour): Figure[] {
  const hours = [none, few, many].map((hour) => ({ rings: hour.rings, looks: hour.looks, allCalls: callsOf(hour), ...named(hour.reading) }))
  writeDown('idle-hours', { hours })
  const look = times(difference(few.reading.usage, none.reading.usage), 1 / FEW)
  const units = ({ reading: { usage } }: IdleHour): number => usage.readUnits + usage.writeUnits
  const calls = `${hours.map(({ rings, allCalls }) => `${rings} rings ${allCalls}`).join(', ')}`
  return [
    {
      name: `looks at ${MANY} idle rings in an hour / rings: only who is due is looked at, once`,
      ours: many.looks,
      theirs: MANY,
      unit: 'looks',
      target: 1.02,
    },
    {
      name: `calls to AWS that an idle ring adds to an hour, among ${MANY} / among ${FEW}`,
      ours: slope(many, few, callsOf),
      theirs: slope(few, none, callsOf),
      unit: 'calls',
      target: 1.1,
      note: `calls in an hour: ${calls}; those without rings are the sweep's`,
    },
    {
      name: `units of the table that it adds, among ${MANY} / among ${FEW}`,
      ours: slope(many, few, units),
      theirs: slope(few, none, units),
      unit: 'units',
      target: 1.1,
    },
    asWritten('a look at a ring', { ...look, gbSeconds: LOOK.gbSeconds }, LOOK),
    asWritten('a sweep', { ...times(none.reading.usage, 1 / SWEEPS_AN_HOUR), gbSeconds: SWEEP.gbSeconds }, SWEEP),
  ]
}

/** What it costs, counted at every call of the local cloud and put at list price (cdk/aws-prices.ts). */
export async function moneyFigures(): Promise<(Figure | Skipped)[]> {
  const create = await createFigures()
  const chatter = await gossip()
  const none = await idleHour(0)
  const fleet = fleetFigures(none, await idleHour(FEW), await idleHour(MANY))
  return [...create, ...idleMonthFigures(none), ...seedQuestionFigures(chatter), ...fleet]
}
