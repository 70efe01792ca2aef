import { hostClassFor } from '../clusters/host-class.ts'
import { hostView } from '../clusters/view.ts'
import type { ClusterSpec } from '../contract/cluster.ts'
import type { PlacedNode, Placement } from '../contract/cluster-preview.ts'
import { sizeOf } from '../contract/sizes.ts'
import type { Member } from '../engines/engine.ts'
import { engineOf } from '../engines/index.ts'
import type { HostClass, HostLimits } from '../platform/env.ts'
import type { Host } from '../platform/hosts.ts'
import { type Place, placeMembers } from './placement.ts'

/** A host with what is free of it after those of this cluster that went there before. */
interface Room {
  name: string
  provider: string
  cpu_units: number
  memory_mib: number
  interfaces: number
  /** Of this cluster, by group. */
  groups: Map<string, number>
}

interface Cell {
  classes: HostClass[]
  limits: HostLimits
  hosts: Host[]
}

const roomOf = (tenant: string, host: Host, interfaces: number): Room => ({
  name: hostView(tenant, host.arn),
  provider: host.capacityProvider,
  ...host.free,
  interfaces: interfaces - host.tasks,
  groups: new Map(),
})

/** How many nodes a host of the class has interfaces for. */
const interfacesOf = (limit: HostLimits[string] | undefined): number => (limit ? (limit.interfaces ?? Number.POSITIVE_INFINITY) : 0)

const members = (room: Room, { group }: Place): number => room.groups.get(group) ?? 0

/** As the launch asks ECS: apart where it must be, spread within the group, and then on the fullest host. */
function choose(rooms: Room[], place: Place, need: { cpu_units: number; memory_mib: number }): Room | undefined {
  return rooms
    .filter((room) => room.cpu_units >= need.cpu_units && room.memory_mib >= need.memory_mib && room.interfaces >= 1)
    .filter((room) => !place.distinctHosts || members(room, place) === 0)
    .sort((a, b) => members(a, place) - members(b, place) || a.memory_mib - b.memory_mib)[0]
}

/** Hosts that are there, and those that may be started beside them. */
function cellRooms(tenant: string, { limits, classes, hosts }: Cell) {
  const classOf = new Map(
    classes.flatMap(({ name, capacity_providers }) => Object.values(capacity_providers).map((provider) => [provider, name])),
  )
  const limitOf = (provider: string) => limits[classOf.get(provider) ?? '']
  const rooms = hosts.filter((host) => host.takesTasks).map((host) => roomOf(tenant, host, interfacesOf(limitOf(host.capacityProvider))))
  const count = new Map<string, number>()
  for (const { capacityProvider } of hosts) count.set(capacityProvider, (count.get(capacityProvider) ?? 0) + 1)
  let started = 0
  const start = (provider: string): Room | undefined => {
    const limit = limitOf(provider)
    const there = count.get(provider) ?? 0
    if (!limit || there >= limit.max_per_az) return undefined
    count.set(provider, there + 1)
    started += 1
    const { cpu_units, memory_mib } = limit
    const room: Room = { name: `new-${started}`, provider, cpu_units, memory_mib, interfaces: interfacesOf(limit), groups: new Map() }
    rooms.push(room)
    return room
  }
  return { of: (provider: string) => rooms.filter((room) => room.provider === provider), start }
}

const list = (ordinals: number[]): string => `${ordinals.length === 1 ? 'node' : 'nodes'} ${ordinals.join(', ')}`

function missingIn(az: string, nowhere: { member: Member; place: Place }[], spec: ClusterSpec): Placement['missing'][number] {
  const ordinals = nowhere.map(({ member }) => member.ordinal)
  const apart = nowhere.some(({ place }) => place.distinctHosts) ? ', each on a host of its own,' : ''
  const { memory_mib, cpu_units } = sizeOf(spec.size)
  const need = `${memory_mib} MiB and ${cpu_units / 1024} vCPU each`
  return {
    az,
    ordinals,
    detail: `There is no room in ${az} for ${list(ordinals)}${apart} (${need}), and no more hosts may be started there`,
  }
}

/**
 * Where the nodes of a cluster would go if it were created now, by the rules that launch them. Pure.
 * @param asOf when the hosts were looked at, RFC 3339
 */
export function foresee(tenant: string, spec: ClusterSpec, cell: Cell, asOf: string): Placement {
  const ring = engineOf(spec).members(spec)
  const places = placeMembers('preview', ring, spec.azs)
  const need = sizeOf(spec.size)
  const rooms = cellRooms(tenant, cell)
  const nowhere: { member: Member; place: Place }[] = []
  const nodes = ring.map((member): PlacedNode => {
    const place = places.get(member.ordinal)
    if (!place) throw new Error(`member ${member.ordinal} has no place`)
    const provider = hostClassFor(cell.classes, need.memory_mib)?.capacity_providers[place.az] ?? ''
    const room = choose(rooms.of(provider), place, need) ?? rooms.start(provider)
    const { ordinal, shard, role } = member
    if (!room) {
      nowhere.push({ member, place })
      return { ordinal, shard, role, az: place.az }
    }
    room.cpu_units -= need.cpu_units
    room.memory_mib -= need.memory_mib
    room.interfaces -= 1
    room.groups.set(place.group, members(room, place) + 1)
    return { ordinal, shard, role, az: place.az, host: room.name }
  })
  const missing = [...Map.groupBy(nowhere, ({ place }) => place.az)].map(([az, of]) => missingIn(az, of, spec))
  return { possible: missing.length === 0, as_of: asOf, nodes, missing }
}
