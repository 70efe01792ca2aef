import type { Size } from '../../shared/contract/sizes.ts'
import { sizeOf } from '../../shared/contract/sizes.ts'

/** The kind of ring that is asked about. */
export interface RingKind {
  shards: number
  /** Of each shard. */
  replicas: number
  size: Size
}

/** The smallest that outlives an AZ. */
export const SMALLEST: RingKind = { shards: 3, replicas: 1, size: '256m' }

export interface NodeNeeds {
  memoryMib: number
  cpuUnits: number
  diskMib: number
}

/** An append-only file grows to twice the data before it is written anew. */
const DISK_PER_MEMORY = 2

export function needsOf({ size }: RingKind): NodeNeeds {
  const { memory_mib, cpu_units } = sizeOf(size)
  return { memoryMib: memory_mib, cpuUnits: cpu_units, diskMib: memory_mib * DISK_PER_MEMORY }
}

export const nodesOf = ({ shards, replicas }: RingKind): number => shards * (1 + replicas)

/** Which shard each node of an AZ is of, and whether it is its primary, as `shared/reconcile/placement.ts` deals them out. */
function dealt({ shards, replicas }: RingKind, zones: number): { shard: number; primary: boolean }[][] {
  const byZone: { shard: number; primary: boolean }[][] = Array.from({ length: zones }, () => [])
  for (let shard = 0; shard < shards; shard += 1)
    for (let index = 0; index <= replicas; index += 1) byZone[(shard + index) % zones]?.push({ shard, primary: index === 0 })
  return byZone
}

/** How many of an AZ's nodes of one ring may not share a host: two of a shard, or too many primaries, may not be lost together. */
function apart(inZone: { shard: number; primary: boolean }[], primaries: number): number {
  if (new Set(inZone.map(({ shard }) => shard)).size < inZone.length) return inZone.length
  const here = inZone.filter(({ primary }) => primary).length
  return here > 1 && here > (primaries - 1) / 2 ? here : 0
}

export interface ZoneNeeds {
  /** Nodes of each ring in this AZ. */
  nodes: number
  /** Of them, on hosts of their own. */
  apart: number
}

export const zoneNeeds = (kind: RingKind, zones: number): ZoneNeeds[] =>
  dealt(kind, zones).map((inZone) => ({ nodes: inZone.length, apart: apart(inZone, kind.shards) }))

/** Ordered pairs of nodes in different AZs. */
export function crossingPairs(kind: RingKind, zones: number): number {
  const counts = zoneNeeds(kind, zones).map(({ nodes }) => nodes)
  const all = nodesOf(kind)
  return counts.reduce((sum, count) => sum + count * (all - count), 0)
}
