import type { CellConfig } from '../config.ts'
import { type Demand, demandOf, LIMIT_NAMES } from './demand.ts'
import { LIMITS, type Limit, type LimitName } from './limits.ts'
import type { RingKind } from './ring.ts'

/** Of a cell itself: its cluster, its subnets and its zone; all else is the account's in the region, whatever cells it has. */
const OF_A_CELL: readonly LimitName[] = ['hosts', 'hostAddressesPerZone', 'nodeAddressesPerZone', 'names']

export interface Spread {
  /** As evenly as can be over so many cells, of which so many are in one account. */
  cells: number
  cellsPerAccount: number
  accounts: number
  /** Of the fullest cell. */
  cell: Demand
  /** Why not fewer cells, of which each account has one at least, and why not fewer accounts; nothing where one is enough. */
  cellBound: LimitName | undefined
  accountBound: LimitName | undefined
  /** What has to be asked for in each account: what it takes, and what there is. */
  raise: { limit: LimitName; takes: number; has: number }[]
}

const fixed = (limit: Limit): boolean => !limit.raisable

/** What cannot be raised and is not enough; the scarcest first. */
function exceeded(names: readonly LimitName[], takes: (name: LimitName) => number): LimitName | undefined {
  return names
    .filter((name) => fixed(LIMITS[name]) && takes(name) > LIMITS[name].value)
    .sort((a, b) => takes(b) / LIMITS[b].value - takes(a) / LIMITS[a].value)[0]
}

/** The fewest of something for which nothing is exceeded, and what one fewer would exceed. */
function fewest(most: number, boundOf: (count: number) => LimitName | undefined): { count: number; bound: LimitName | undefined } {
  let bound: LimitName | undefined
  for (let count = 1; count <= most; count += 1) {
    const found = boundOf(count)
    if (found === undefined) return { count, bound }
    bound = found
  }
  throw new Error(`${most} are too few: ${bound} binds`)
}

/** How many cells and accounts so many rings need, by the limits that AWS does not raise. */
export function spread(config: CellConfig, kind: RingKind, rings: number): Spread {
  const most = Math.max(1, rings)
  const inCell = (cells: number): Demand => demandOf(config, kind, Math.ceil(rings / cells))
  const { count: cells, bound: cellBound } = fewest(most, (count) => exceeded(OF_A_CELL, (name) => inCell(count).takes[name]))
  const ofAccount = LIMIT_NAMES.filter((name) => !OF_A_CELL.includes(name))
  const { count: accounts, bound: accountBound } = fewest(most, (count) => {
    const together = Math.ceil(Math.max(cells, count) / count)
    const cell = inCell(Math.max(cells, count))
    return exceeded(ofAccount, (name) => cell.takes[name] * together)
  })
  const allCells = Math.max(cells, accounts)
  const cellsPerAccount = Math.ceil(allCells / accounts)
  const cell = inCell(allCells)
  const raise = LIMIT_NAMES.filter((name) => LIMITS[name].raisable).flatMap((limit) => {
    const takes = cell.takes[limit] * (OF_A_CELL.includes(limit) ? 1 : cellsPerAccount)
    return takes > LIMITS[limit].value ? [{ limit, takes, has: LIMITS[limit].value }] : []
  })
  return { cells: allCells, cellsPerAccount, accounts, cell, cellBound: accounts > cells ? accountBound : cellBound, accountBound, raise }
}
