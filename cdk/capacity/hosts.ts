import { SLOTS } from '../../shared/platform/shared-ports.ts'
import { type CellConfig, type HostClassConfig, hostMemoryMib, largestNodeMib } from '../config.ts'
import type { NodeNeeds, ZoneNeeds } from './ring.ts'

const CPU_UNITS_A_VCPU = 1_024
const MIB_A_GIB = 1_024

/** How many nodes of a size an empty host takes, and what runs out first. */
export interface Slots {
  nodes: number
  bound: 'memory' | 'cpu' | 'network' | 'disk'
}

/** The first class that takes so large a node, as the functions choose it. @throws when none does */
export function classFor({ hostClasses }: Pick<CellConfig, 'hostClasses'>, { memoryMib }: NodeNeeds): HostClassConfig {
  const found = hostClasses.find((hostClass) => largestNodeMib(hostClass) >= memoryMib)
  if (!found)
    throw new Error(`no host class takes a node of ${memoryMib} MiB: the largest takes ${Math.max(...hostClasses.map(largestNodeMib))}`)
  return found
}

export function slotsOf(hostClass: HostClassConfig, needs: NodeNeeds): Slots {
  const network = hostClass.network === 'shared' ? SLOTS : (hostClass.taskInterfaces ?? 0)
  const all: Slots[] = [
    { bound: 'memory', nodes: Math.floor(hostMemoryMib(hostClass) / needs.memoryMib) },
    { bound: 'cpu', nodes: Math.floor((hostClass.vcpus * CPU_UNITS_A_VCPU) / needs.cpuUnits) },
    { bound: 'network', nodes: network },
    { bound: 'disk', nodes: Math.floor((hostClass.dataDiskGib * MIB_A_GIB) / needs.diskMib) },
  ]
  return all.reduce((least, each) => (each.nodes < least.nodes ? each : least))
}

/**
 * Whether the nodes of a lost host find room on the others, all hosts as full as each other, even where all of them have their kin on
 * the same ones.
 */
function survives(hosts: number, slots: number, nodes: number, apart: number): boolean {
  const [most, least] = [Math.ceil(nodes / hosts), Math.floor(nodes / hosts)]
  const free = slots * (hosts - 1) - (nodes - most)
  return free - (apart - 1) * (slots - least) >= most
}

/**
 * Hosts that an AZ needs so that any one of them may be lost and its nodes find room on the others; none for no ring. All nodes are of
 * one size, so that a host is full or has room for one more, and no order of placing wastes any. Nodes that have to be apart from
 * others of their ring cannot go where those are, and need more room.
 */
export function hostsInZone(slots: number, { nodes, apart }: ZoneNeeds, rings: number): number {
  if (slots < 1) throw new Error('a host has no room for a single node')
  if (rings === 0 || nodes === 0) return 0
  const full = Math.ceil((nodes * rings) / slots)
  if (apart === 0) return full + 1
  let hosts = Math.max(full, apart) + 1
  while (!survives(hosts, slots, nodes * rings, apart)) hosts += 1
  return hosts
}
