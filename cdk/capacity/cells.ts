import type { CellConfig } from '../config.ts'
import { type Demand, demandOf, LIMIT_NAMES } from './demand.ts'
import { LIMITS, type LimitName } from './limits.ts'
import type { RingKind } from './ring.ts'

/** Of a cell itself: its cluster, its subnets and its zone; all else is the account's in the region, whatever cells it has. */
const OF_A_CELL: readonly LimitName[] = ['hosts', 'hostAddressesPerZone', 'nodeAddressesPerZone', 'names']
const OF_AN_ACCOUNT = LIMIT_NAMES.filter((name) => !OF_A_CELL.includes(name))

/** Cells that need the same. */
export interface AlikeCells {
  demand: Demand
  count: number
}

/** Cells are filled one after the other, and then accounts. */
export interface Spread {
  cells: number
  /** Of the fullest account. */
  cellsPerAccount: number
  accounts: number
  /** All of them. */
  alike: AlikeCells[]
  /** The fullest one. */
  cell: Demand
  /** Rings of the fullest account. */
  ringsPerAccount: number
  /** What the fullest cell and the fullest account take of each quota. */
  takes: Record<LimitName, number>
  /** Why not fewer cells and why not fewer accounts; nothing where one is enough. */
  cellBound: LimitName | undefined
  accountBound: LimitName | undefined
  /** What has to be asked for in each account: what it takes, and what there is. */
  raise: { limit: LimitName; takes: number; has: number }[]
}

const takenBy = (cells: AlikeCells[], name: LimitName): number =>
  cells.reduce((sum, { demand, count }) => sum + count * demand.takes[name], 0)
const countOf = (cells: AlikeCells[]): number => cells.reduce((sum, { count }) => sum + count, 0)

/** What cannot be raised and is not enough; the scarcest first. */
function exceeded(names: readonly LimitName[], cells: AlikeCells[]): LimitName | undefined {
  return names
    .filter((name) => !LIMITS[name].raisable && takenBy(cells, name) > LIMITS[name].value)
    .sort((a, b) => takenBy(cells, b) / LIMITS[b].value - takenBy(cells, a) / LIMITS[a].value)[0]
}

/** The most rings, of so many and at least one, for which nothing is exceeded, and what one more would exceed. */
function most(rings: number, boundOf: (rings: number) => LimitName | undefined): { rings: number; bound: LimitName | undefined } {
  if (boundOf(1) !== undefined) throw new Error(`a single ring is too many: ${boundOf(1)} binds`)
  let [fits, beyond] = [1, rings + 1]
  while (beyond - fits > 1) {
    const middle = Math.floor((fits + beyond) / 2)
    if (boundOf(middle) === undefined) fits = middle
    else beyond = middle
  }
  return { rings: fits, bound: beyond > rings ? undefined : boundOf(beyond) }
}

/** So many rings in cells that take no more than so many each. @param demandFor rings of one cell */
function fill(rings: number, perCell: number, demandFor: (rings: number) => Demand): AlikeCells[] {
  if (rings <= perCell) return [{ demand: demandFor(rings), count: 1 }]
  const rest = rings % perCell
  const full = { demand: demandFor(perCell), count: Math.floor(rings / perCell) }
  return rest === 0 ? [full] : [full, { demand: demandFor(rest), count: 1 }]
}

/** How many cells and accounts so many rings need, by the limits that AWS does not raise. @throws when one ring is too many for a cell */
export function spread(config: CellConfig, kind: RingKind, rings: number): Spread {
  const demandFor = (some: number): Demand => demandOf(config, kind, some)
  const sought = Math.max(1, rings)
  const ofCell = most(sought, (some) => exceeded(OF_A_CELL, [{ demand: demandFor(some), count: 1 }]))
  const ofAccount = most(sought, (some) => exceeded(OF_AN_ACCOUNT, fill(some, ofCell.rings, demandFor)))
  const ringsPerAccount = Math.min(rings, ofAccount.rings)
  const fullest = fill(ringsPerAccount, ofCell.rings, demandFor)
  const full = Math.floor(sought / ofAccount.rings)
  const rest = rings - full * ringsPerAccount
  const inFull = fullest.map(({ demand, count }) => ({ demand, count: count * full }))
  const alike = rest === 0 ? inFull : [...inFull, ...fill(rest, ofCell.rings, demandFor)]
  const cell = demandFor(Math.min(ofCell.rings, ringsPerAccount))
  const takes = { ...cell.takes }
  for (const name of OF_AN_ACCOUNT) takes[name] = takenBy(fullest, name)
  const cells = countOf(alike)
  return {
    ...{ cells, cellsPerAccount: countOf(fullest), accounts: rest === 0 ? full : full + 1 },
    ...{ alike, cell, ringsPerAccount, takes },
    ...{ cellBound: cells === 1 ? undefined : (ofCell.rings < ofAccount.rings ? ofCell : ofAccount).bound, accountBound: ofAccount.bound },
    raise: LIMIT_NAMES.filter((name) => LIMITS[name].raisable && takes[name] > LIMITS[name].value).map((limit) => ({
      ...{ limit, takes: takes[limit], has: LIMITS[limit].value },
    })),
  }
}
