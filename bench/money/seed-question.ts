import { HOURS_A_MONTH, instancePrice, PEERS, PRICES } from '../../cdk/aws-prices.ts'
import { GOSSIP_BYTES_PER_NODE_SECOND } from '../../cdk/capacity/measured.ts'
import { type CapacityPlan, planOf } from '../../cdk/capacity/plan.ts'
import { nodesOf, SMALLEST } from '../../cdk/capacity/ring.ts'
import type { Item } from '../../cdk/capacity/usage.ts'
import type { CellConfig } from '../../cdk/config.ts'
import { config } from '../../cdk/configured.ts'
import type { Figure, Skipped } from '../figure.ts'
import { inDollars, writeDown } from './bill.ts'
import type { Gossip } from './gossip.ts'

const TENANTS = 100
const NODES = nodesOf(SMALLEST)
/** With trunking: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html */
const INTERFACES_OF_A_LARGE = 10
const ROOT_DISK_GB = 8
/** Of data: the primaries' memory. */
const DATA_GB = (SMALLEST.shards * 256) / 1024

/** The same hosts, and an interface for each node. */
const withInterfaces = (cell: CellConfig): CellConfig => ({
  ...cell,
  hostClasses: cell.hostClasses.map((hostClass) =>
    hostClass.network === 'own' ? hostClass : { ...hostClass, network: 'own', taskInterfaces: INTERFACES_OF_A_LARGE },
  ),
})

const perRing = ({ bill }: CapacityPlan): Item[] =>
  bill.items.map((item) => ({ ...item, count: item.count / TENANTS, usd: item.usd / TENANTS }))

/** The least that a tenant could have by itself. */
function instanceEach(crossing: number): number {
  const each = instancePrice('t4g.micro').usdHour + PRICES.publicAddressHour.usd
  return NODES * (each * HOURS_A_MONTH + ROOT_DISK_GB * PRICES.diskGbMonth.usd) + crossing
}

const PEER_FIGURES: [string, number, string][] = [
  [
    'ElastiCache for Valkey, six cache.t4g.micro of 0.5 GiB',
    NODES * PEERS.elastiCacheT4gMicro.usd * HOURS_A_MONTH,
    'three shards with a replica each',
  ],
  [
    'ElastiCache Serverless for Valkey, as much data at rest',
    PEERS.serverlessGbHour.usd * DATA_GB * HOURS_A_MONTH,
    'and what is read and written',
  ],
  ['Redis Cloud Essentials, 1 GB with its replica', PEERS.redisCloud1GbOneZone.usd, 'one zone, half of it for data, no cluster API'],
  ['Redis Cloud Pro, its least bill', PEERS.redisCloudProLeast.usd, 'zones and cluster API'],
]

/**
 * What the smallest ring that outlives an AZ costs a month in a fleet of a hundred, all in, any host of each AZ to be lost.
 * @param gossip as it was measured in this run; undefined where it could not be
 */
export function seedQuestionFigures(gossip: Gossip | undefined): (Figure | Skipped)[] {
  const plan = planOf(config, SMALLEST, TENANTS)
  const own = planOf(withInterfaces(config), SMALLEST, TENANTS)
  const items = perRing(plan)
  const crossing = items.find(({ what }) => what.includes('gossip'))?.usd ?? 0
  const peers = PEER_FIGURES.map(([name, usd, note]) => ({ name, usd, note }))
  const ours = plan.bill.usdPerRing
  writeDown('smallest-ring', { plan, items, usd: ours, withInterfaces: own, instanceEach: instanceEach(crossing), peers, gossip })
  const beside = { ours, unit: 'USD' }
  const { hostsByZone, hostClass } = plan.spread.cell
  return [
    {
      ...beside,
      name: 'a month of the smallest HA ring (6 x 256 MiB), one of 100, all in, any one host of each AZ lost and all re-placeable',
      target: 15,
      note: `${hostsByZone.join(' + ')} ${hostClass.instanceType}; ${inDollars(items)}`,
    },
    { ...beside, name: 'the same / with a savings plan of a year on the hosts', theirs: plan.bill.usdPerRingWithPlan },
    { ...beside, name: 'the same / with a network interface for each node', theirs: own.bill.usdPerRing },
    { ...beside, name: 'the same / an instance for each node (t4g.micro)', theirs: instanceEach(crossing), note: 'no control plane' },
    ...peers.map(({ name, usd, note }) => ({ ...beside, name: `the same / ${name}`, theirs: usd, note })),
    gossipFigure(gossip),
  ]
}

/** What the calculation takes for granted, measured. */
function gossipFigure(gossip: Gossip | undefined): Figure | Skipped {
  const name = 'what a node of an idle ring sends to the others, measured / as the calculation has it'
  if (!gossip) return { name, skipped: 'no ss of iproute2' }
  const note = `${Math.round(gossip.betweenZonesPerSecond)} of ${Math.round(gossip.bytesPerSecond)} bytes a second cross AZs, over ${gossip.crossingPairs} of ${gossip.pairs} pairs`
  return { name, ours: gossip.bytesPerSecond / NODES, theirs: GOSSIP_BYTES_PER_NODE_SECOND, unit: 'bytes a second', target: 1.1, note }
}
