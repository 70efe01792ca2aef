import type { CapacityPlan } from './plan.ts'

const MINUTE = 60
const HOUR = 3600

const money = (usd: number): string => `$${usd >= 100 ? Math.round(usd).toLocaleString('en-US') : usd.toFixed(2)}`
const amount = (count: number): string =>
  count >= 100 || Number.isInteger(count) ? Math.round(count).toLocaleString('en-US') : count.toFixed(1)

function duration(seconds: number): string {
  if (seconds < 2 * MINUTE) return `${Math.ceil(seconds)} s`
  return seconds < 2 * HOUR ? `${Math.ceil(seconds / MINUTE)} min` : `${(seconds / HOUR).toFixed(1)} h`
}

type Cell = (plan: CapacityPlan) => string
const bound = (name: string | undefined): string => (name === undefined ? '' : ` (${name})`)

/** What is looked at, and what a plan says of it. */
const NEEDS: [string, Cell][] = [
  ['nodes', (plan) => amount(plan.nodes)],
  ['host', ({ spread: { cell } }) => `${cell.hostClass.instanceType}, ${cell.hostClass.network}`],
  ['nodes a host, and what binds', ({ spread: { cell } }) => `${cell.slots.nodes} (${cell.slots.bound})`],
  ['hosts by AZ of a cell, one of each spare', ({ spread: { cell } }) => cell.hostsByZone.join(' + ')],
  [
    'maxPerAz',
    ({ spread: { cell } }) =>
      Math.max(...cell.hostsByZone) > cell.hostClass.maxPerAz ? `${cell.hostClass.maxPerAz} is too few` : 'enough',
  ],
  ['cells, and why not fewer', ({ spread: { cells, cellBound } }) => `${cells}${bound(cellBound)}`],
  ['accounts, and why not fewer', ({ spread: { accounts, accountBound } }) => `${accounts}${bound(accountBound)}`],
  ['network interfaces of a cell', ({ spread: { cell } }) => amount(cell.takes.interfaces)],
  ['addresses of nodes in an AZ', ({ spread: { cell } }) => amount(cell.takes.nodeAddressesPerZone)],
  ['security groups of a cell', ({ spread: { cell } }) => amount(cell.takes.securityGroups)],
  ['parameters of a cell', ({ spread: { cell } }) => amount(cell.takes.parameters)],
  ['functions at once, at most', ({ spread: { cell } }) => amount(cell.takes.concurrency)],
  ['to make all, and what binds', ({ makeSeconds, makeBound }) => `${duration(makeSeconds)} (${makeBound})`],
  ['to look at all', ({ lookSeconds }) => duration(lookSeconds)],
  [
    'quotas to raise, an account',
    ({ spread: { raise } }) => raise.map(({ limit, takes }) => `${limit} ${amount(takes)}`).join(', ') || 'none',
  ],
]

const COSTS: [string, Cell][] = [
  ['a month', ({ bill }) => money(bill.usd)],
  ['a ring and month', ({ rings, bill }) => (rings === 0 ? '' : money(bill.usdPerRing))],
  ['the same with a savings plan', ({ rings, bill }) => (rings === 0 ? '' : money(bill.usdPerRingWithPlan))],
]

/** Lines of one bill, in the order of the first plan that has them. */
function billed(plans: CapacityPlan[]): [string, Cell][] {
  const names = [...new Set(plans.flatMap(({ bill }) => bill.items.map(({ what }) => what)))]
  return names.map((what) => [
    what,
    ({ bill }) => {
      const item = bill.items.find((each) => each.what === what)
      return item === undefined ? '' : `${amount(item.count)}: ${money(item.usd)}`
    },
  ])
}

/** A Markdown table that is plain to read as it is: a column for each plan. */
function markdown(plans: CapacityPlan[], cells: [string, Cell][]): string {
  const rows = cells.map(([name, cell]) => [name, ...plans.map(cell)])
  const head = ['', ...plans.map(({ rings }) => (rings === 0 ? 'no ring' : `${amount(rings)} ring${rings === 1 ? '' : 's'}`))]
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]): string => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** What fleets need and what they cost. */
export const tableOf = (plans: CapacityPlan[]): string => markdown(plans, [...NEEDS, ...billed(plans), ...COSTS])
/** What they cost alone. */
export const costsOf = (plans: CapacityPlan[]): string => markdown(plans, [...billed(plans), ...COSTS])
