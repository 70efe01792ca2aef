import type { Member, NodeView } from '../../../shared/engines/engine.ts'
import { members, slotsOf } from '../../../shared/engines/redis/ring.ts'

type Reachable = Extract<NodeView, { reachable: true }>

export const PORTS = { client: 6379, peers: 6379, bus: 16379 }
export const placeOf = (address: string): string => `${address}:6379@16379`
export const addressOf = (ordinal: number): string => `10.0.0.${ordinal + 1}`
const idOf = (ordinal: number): string => `id-${ordinal}`

/** The views of a ring in which all is well, one per member. */
export function goodViews(shards: number, replicas: number): { of: Member[]; views: Reachable[] } {
  const of = members({ shards, replicas })
  const ring = of.map(({ ordinal, shard, role }) => ({
    engine_node_id: idOf(ordinal),
    place: placeOf(addressOf(ordinal)),
    role,
    ...(role === 'replica' ? { primary_id: idOf(shard) } : {}),
    ranges: role === 'primary' ? [slotsOf(shard, shards)] : [],
    healthy: true,
  }))
  const views = of.map(({ ordinal }): Reachable => {
    const own = structuredClone(ring)
    return { ordinal, reachable: true, engine_node_id: idOf(ordinal), serving: true, settled: true, members: own }
  })
  return { of, views }
}

/** What a node says that was just started on an empty directory. */
export function blankView(ordinal: number, id = `blank-${ordinal}`): Reachable {
  const self = { engine_node_id: id, place: placeOf(addressOf(ordinal)), role: 'primary' as const, ranges: [], healthy: true }
  return { ordinal, reachable: true, engine_node_id: id, serving: false, settled: true, members: [self] }
}
