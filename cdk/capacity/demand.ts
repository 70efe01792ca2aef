import { deliveringAtOnce } from '../concurrency.ts'
import { type CellConfig, type HostClassConfig, ROOT_DISK_GIB } from '../config.ts'
import { FUNCTION_SIZES } from '../function-sizes.ts'
import { endpointsPerZone } from '../host-endpoints.ts'
import { classFor, hostsInZone, type Slots, slotsOf } from './hosts.ts'
import { BUCKETS, LIMITS, type LimitName } from './limits.ts'
import { CREATE_AND_DELETE, ECS_CALLS } from './measured.ts'
import { needsOf, nodesOf, type RingKind, zoneNeeds } from './ring.ts'

/** What so many rings of one kind need of one cell. */
export interface Demand {
  rings: number
  hostClass: HostClassConfig
  slots: Slots
  /** By AZ, the spare one included. */
  hostsByZone: number[]
  /** Hosts of other classes that are kept whether they are used or not. */
  otherHosts: { hostClass: HostClassConfig; hosts: number }[]
  /** What they take of each quota. */
  takes: Record<LimitName, number>
}

/** As a guess, how many of Lambda's shared interfaces `ring` has in each AZ. */
const FUNCTION_INTERFACES_PER_ZONE = 2
/** A host that carries tasks with interfaces of their own has its own and the trunk, each with an address of the hosts' subnet. */
const INTERFACES_OF_A_HOST = { own: 2, shared: 1 } as const
const GIB_A_TIB = 1_024
/** Of the groups in `cdk/network.ts` and those that come with a VPC. */
const OWN_SECURITY_GROUPS = 6
const MIB_A_GIB = 1_024
/** The most creates and deletes in a second are as many as ECS has task definitions, and answers, for. */
const ringsPerSecond = ({ taskDefinitions }: CellConfig): number =>
  Math.min(taskDefinitions.perSecond / ECS_CALLS.definitionsPerRing, BUCKETS.reads.perSecond / ECS_CALLS.readsPerCreate)
/** Each of them keeps functions busy so long, were all of them as small as the smallest. */
const secondsBusy = (CREATE_AND_DELETE.gbSeconds * MIB_A_GIB) / Math.min(...Object.values(FUNCTION_SIZES).map(({ memoryMib }) => memoryMib))

const added = (numbers: number[]): number => numbers.reduce((sum, each) => sum + each, 0)

export function hostDiskGib({ dataDiskGib }: HostClassConfig): number {
  return ROOT_DISK_GIB + dataDiskGib
}

/** @throws when no host class takes such a node */
export function demandOf(config: CellConfig, kind: RingKind, rings: number): Demand {
  const needs = needsOf(kind)
  const hostClass = classFor(config, needs)
  const slots = slotsOf(hostClass, needs)
  const zones = zoneNeeds(kind, config.availabilityZones.length)
  const hostsByZone = zones.map((zone) => Math.max(hostClass.minPerAz, hostsInZone(slots.nodes, zone, rings)))
  const otherHosts = config.hostClasses
    .filter((other) => other !== hostClass && other.minPerAz > 0)
    .map((other) => ({ hostClass: other, hosts: other.minPerAz * zones.length }))
  const all = [{ hostClass, hosts: added(hostsByZone) }, ...otherHosts]
  const own = hostClass.network === 'own'
  const nodes = nodesOf(kind) * rings
  const hosts = added(all.map((each) => each.hosts))
  const endpoints = endpointsPerZone(config)
  const perSecond = ringsPerSecond(config)
  return {
    ...{ rings, hostClass, slots, hostsByZone, otherHosts },
    takes: {
      hosts,
      hostAddressesPerZone:
        Math.max(...hostsByZone) * INTERFACES_OF_A_HOST[hostClass.network] +
        added(otherHosts.map((each) => each.hostClass.minPerAz * INTERFACES_OF_A_HOST[each.hostClass.network])) +
        endpoints,
      nodeAddressesPerZone: own ? Math.max(...zones.map((zone) => zone.nodes)) * rings : 0,
      interfaces:
        (own ? nodes : 0) +
        added(all.map((each) => each.hosts * INTERFACES_OF_A_HOST[each.hostClass.network])) +
        (FUNCTION_INTERFACES_PER_ZONE + endpoints) * zones.length,
      securityGroups: (own ? rings : 0) + OWN_SECURITY_GROUPS,
      // The credentials of each ring, and the secret that signs webhooks.
      parameters: rings + 1,
      names: own ? rings : 0,
      vcpus: added(all.map((each) => each.hosts * each.hostClass.vcpus)),
      diskTib: added(all.map((each) => each.hosts * hostDiskGib(each.hostClass))) / GIB_A_TIB,
      concurrency: Math.ceil(perSecond * secondsBusy) + deliveringAtOnce(config.concurrentExecutions),
      transitionsPerSecond: Math.ceil(perSecond * CREATE_AND_DELETE.transitions),
      startsPerSecond: Math.ceil(perSecond * 2),
    },
  }
}

export const LIMIT_NAMES = Object.keys(LIMITS).filter((name): name is LimitName => name in LIMITS)
