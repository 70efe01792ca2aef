import type { NodeNeeds, RingKind } from '../../../cdk/capacity/ring.ts'
import { type CellConfig, type HostClassConfig, hostMemoryMib } from '../../../cdk/config.ts'
import type { Member } from '../../../shared/engines/engine.ts'
import { SHARED_PORTS } from '../../../shared/platform/shared-ports.ts'
import { placeMembers } from '../../../shared/reconcile/placement.ts'

export interface Node {
  ring: string
  az: string
  /** Nodes of one such group are on hosts of their own. */
  apart: string | undefined
}

/** A host, by what is left of it. */
export interface Host {
  memoryMib: number
  cpuUnits: number
  diskMib: number
  places: number
  nodes: Node[]
}

const PORTS = SHARED_PORTS.client.to - SHARED_PORTS.client.from + 1

export const emptyHost = (hostClass: HostClassConfig): Host => ({
  memoryMib: hostMemoryMib(hostClass),
  cpuUnits: hostClass.vcpus * 1024,
  diskMib: hostClass.dataDiskGib * 1024,
  places: hostClass.network === 'shared' ? PORTS : (hostClass.taskInterfaces ?? 0),
  nodes: [],
})

const members = ({ shards, replicas }: RingKind): Member[] =>
  Array.from({ length: shards * (1 + replicas) }, (_, ordinal) => ({
    ordinal,
    shard: ordinal % shards,
    role: ordinal < shards ? 'primary' : 'replica',
  }))

/** Where the product puts the nodes of so many rings. */
export function nodesOfRings(kind: RingKind, { availabilityZones }: Pick<CellConfig, 'availabilityZones'>, rings: number): Node[] {
  return Array.from({ length: rings }, (_, index) => `ring-${index}`).flatMap((ring) =>
    [...placeMembers(ring, members(kind), availabilityZones).values()].map(
      (place): Node => ({
        ring,
        az: place.az,
        apart: place.distinctHosts ? place.group : undefined,
      }),
    ),
  )
}

const fits = (host: Host, node: Node, needs: NodeNeeds): boolean =>
  host.memoryMib >= needs.memoryMib &&
  host.cpuUnits >= needs.cpuUnits &&
  host.diskMib >= needs.diskMib &&
  host.places >= 1 &&
  (node.apart === undefined || host.nodes.every(({ apart }) => apart !== node.apart))

/** Puts each node on the host that has most room for it, as a spread does. @returns those that found none */
export function pack(hosts: Host[], nodes: Node[], needs: NodeNeeds): Node[] {
  return nodes.filter((node) => {
    const [roomiest] = hosts.filter((host) => fits(host, node, needs)).sort((a, b) => a.nodes.length - b.nodes.length)
    if (!roomiest) return true
    roomiest.memoryMib -= needs.memoryMib
    roomiest.cpuUnits -= needs.cpuUnits
    roomiest.diskMib -= needs.diskMib
    roomiest.places -= 1
    roomiest.nodes.push(node)
    return false
  })
}
