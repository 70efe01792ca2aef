import type { Member, NodeView, RingMove } from '../engine.ts'

/** See {@link Engine.leave}. Of a shard whose only copy is to leave nothing is said: it would be lost. */
export function leave(of: Member[], views: NodeView[], leaving: number[]): RingMove {
  const isPrimary = new Map(
    views.flatMap((view): [number, boolean][] => {
      if (!view.reachable) return []
      const self = view.members.find((m) => m.engine_node_id === view.engine_node_id)
      return self ? [[view.ordinal, self.role === 'primary']] : []
    }),
  )
  const shardOf = new Map(of.map((member) => [member.ordinal, member.shard]))
  const staysBeside = (ordinal: number): boolean =>
    of.some((member) => member.shard === shardOf.get(ordinal) && !leaving.includes(member.ordinal))
  return {
    handOver: leaving.filter((ordinal) => isPrimary.get(ordinal) === true && staysBeside(ordinal)),
    stop: leaving.filter((ordinal) => isPrimary.get(ordinal) === false),
  }
}
