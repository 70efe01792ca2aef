import { HOURS_A_MONTH, instancePrice, PRICES, SAVINGS_PLAN } from '../aws-prices.ts'
import type { CellConfig, HostClassConfig } from '../config.ts'
import { endpointsPerZone } from '../host-endpoints.ts'
import type { Spread } from './cells.ts'
import { hostDiskGib } from './demand.ts'
import { GOSSIP_BYTES_PER_NODE_SECOND, LOOK, SWEEP, TABLE_BYTES_PER_RING } from './measured.ts'
import { crossingPairs, nodesOf, type RingKind } from './ring.ts'
import { type Item, itemsOf, sum, times, totalOf, type Usage, usage } from './usage.ts'
import { watchingOf } from './watching.ts'

const SECONDS_A_MONTH = HOURS_A_MONTH * 3600
const SWEEPS_A_MONTH = HOURS_A_MONTH * 60
const GB = 1e9
/** Lambda asks a queue that a function is fed from by five connections for twenty seconds each: 900 times an hour were measured. */
const QUEUE_POLLS_AN_HOUR = 900
/** New environments of the sweep: AWS replaces them every some hours, and bills the start of about a quarter of a GB-second. */
const SWEEP_STARTS_A_MONTH = HOURS_A_MONTH
const GB_SECONDS_A_START = 0.25

/** A month of a cell in which nobody asks for anything, by what one sweep of it uses: the functions' part. */
export const idleWork = (sweep: Usage): Usage =>
  sum(times(sweep, SWEEPS_A_MONTH), usage({ gbSeconds: SWEEP_STARTS_A_MONTH * GB_SECONDS_A_START }))
/** And Lambda's own: it asks the queue of deliveries, be there any or not. */
export const idlePolls: Usage = usage({ queueRequests: QUEUE_POLLS_AN_HOUR * HOURS_A_MONTH })

function wayOut(config: CellConfig, hosts: number, cells: number): Item {
  const { egress, availabilityZones } = config
  const zones = availabilityZones.length * cells
  if (egress === 'nat') return { what: 'NAT gateways', count: zones, usd: zones * HOURS_A_MONTH * PRICES.natHour.usd }
  if (egress === 'public-ip')
    return { what: 'public IPv4 addresses', count: hosts, usd: hosts * HOURS_A_MONTH * PRICES.publicAddressHour.usd }
  const endpoints = endpointsPerZone(config) * zones
  return { what: 'interface endpoints', count: endpoints, usd: endpoints * HOURS_A_MONTH * PRICES.endpointHour.usd }
}

/** What a ring's nodes say to each other between AZs while nobody uses it. */
function gossip(kind: RingKind, zones: number, rings: number): Item {
  const nodes = nodesOf(kind)
  const share = nodes > 1 ? crossingPairs(kind, zones) / (nodes * (nodes - 1)) : 0
  const count = (rings * nodes * GOSSIP_BYTES_PER_NODE_SECOND * share * SECONDS_A_MONTH) / GB
  return { what: 'GB of gossip between zones', count, usd: count * PRICES.betweenZonesGb.usd }
}

function table(rings: number): Item {
  const count = (rings * TABLE_BYTES_PER_RING) / GB
  return { what: 'GB of table, with its backups', count, usd: count * (PRICES.tableGbMonth.usd + PRICES.backupGbMonth.usd) }
}

/** The hosts of all cells, by class. */
function fleetOf(alike: Spread['alike']): { hostClass: HostClassConfig; hosts: number }[] {
  const fleet = new Map<string, { hostClass: HostClassConfig; hosts: number }>()
  for (const { demand, count } of alike) {
    const inCell = [{ hostClass: demand.hostClass, hosts: demand.hostsByZone.reduce((a, b) => a + b, 0) }, ...demand.otherHosts]
    for (const { hostClass, hosts } of inCell) {
      const before = fleet.get(hostClass.name)?.hosts ?? 0
      fleet.set(hostClass.name, { hostClass, hosts: before + hosts * count })
    }
  }
  return [...fleet.values()]
}

export interface Bill {
  items: Item[]
  usd: number
  usdPerRing: number
  /** With a savings plan of one year on the hosts. */
  usdPerRingWithPlan: number
}

/** A month of so many idle rings, all in, at list price and with nothing free. */
export function billOf(config: CellConfig, kind: RingKind, rings: number, { alike, cells }: Spread): Bill {
  const zones = config.availabilityZones.length
  const fleet = fleetOf(alike)
  const machines = fleet.map(({ hostClass, hosts }): Item => {
    const usd = hosts * HOURS_A_MONTH * instancePrice(hostClass.instanceType).usdHour
    return { what: `hosts ${hostClass.instanceType}`, count: hosts, usd }
  })
  const hosts = machines.reduce((count, item) => count + item.count, 0)
  const diskGib = fleet.reduce((gib, each) => gib + each.hosts * hostDiskGib(each.hostClass), 0)
  const looks = times(LOOK, rings * HOURS_A_MONTH)
  const items: Item[] = [
    ...machines,
    { what: 'GiB of disk', count: diskGib, usd: diskGib * PRICES.diskGbMonth.usd },
    wayOut(config, hosts, cells),
    gossip(kind, zones, rings),
    { what: 'idle control planes', count: cells, usd: totalOf(itemsOf(sum(idleWork(SWEEP), idlePolls))) * cells },
    ...watchingOf(config).map(({ what, count, usd }) => ({ what, count: count * cells, usd: usd * cells })),
    { what: 'private zones', count: cells, usd: PRICES.zoneMonth.usd * cells },
    { what: 'hourly looks at rings', count: rings * HOURS_A_MONTH, usd: totalOf(itemsOf(looks)) },
    table(rings),
    { what: 'parameters', count: rings + cells, usd: PRICES.parameterMonth.usd },
    ...(config.customerKey ? [{ what: 'keys', count: cells, usd: PRICES.keyMonth.usd * cells }] : []),
  ]
  const usd = totalOf(items)
  const saved = totalOf(machines) * (1 - SAVINGS_PLAN.share)
  const perRing = (all: number): number => (rings === 0 ? 0 : all / rings)
  return { items, usd, usdPerRing: perRing(usd), usdPerRingWithPlan: perRing(usd - saved) }
}
