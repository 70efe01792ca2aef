import type { Member, NodeView, RingMove } from '../engine.ts'

/**
 * See {@link Engine.leave}. Of a shard whose only copy is to leave nothing is said: it would be lost. A primary that was not born as
 * one gives its place back: where primaries are was chosen so that no host and no zone takes too many with it to elect others.
 */
export function leave(of: Member[], views: NodeView[], leaving: number[]): RingMove {
  const isPrimary = new Map(
    views.flatMap((view): [number, boolean][] => {
      if (!view.reachable) return []
      const self = view.members.find((m) => m.engine_node_id === view.engine_node_id)
      return self ? [[view.ordinal, self.role === 'primary']] : []
    }),
  )
  const staying = (shard: number): Member[] => of.filter((member) => member.shard === shard && !leaving.includes(member.ordinal))
  const primaries = of.filter(({ ordinal }) => isPrimary.get(ordinal) === true)
  const goes = primaries.some(({ ordinal, shard }) => leaving.includes(ordinal) && staying(shard).length > 0)
  const stands = primaries
    .filter(
      ({ ordinal, shard, role }) => role === 'replica' && !leaving.includes(ordinal) && staying(shard).some((m) => m.role === 'primary'),
    )
    .map(({ ordinal }) => ordinal)
  return {
    handOver: goes || stands.length > 0 ? [...leaving, ...stands] : [],
    stop: leaving.filter((ordinal) => isPrimary.get(ordinal) === false),
  }
}
