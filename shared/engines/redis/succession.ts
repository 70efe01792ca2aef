import { type Node, nameOf, type Order, order, ownerOf, ownRanges, self } from './node.ts'

/**
 * Replicas become primaries by the vote of more than half of them. Where fewer are left nobody ever votes, and of each shard without
 * one the replica that has copied most is told to be it.
 * @param living all that are not known to be dead: another owner of a shard would go on taking writes
 */
export function takeOver(living: Node[]): Order[] {
  const owners = living.filter((node) => ownRanges(node).length > 0).length
  const voters = Math.max(0, ...living.map(({ state }) => state.members.filter(({ ranges }) => ranges.length > 0).length))
  if (owners > voters / 2) return []
  const orphaned = [...new Set(living.map(({ target }) => target.shard))].filter((shard) => !ownerOf(shard, living))
  return orphaned.flatMap((shard) => {
    const [heir] = living
      .filter((node) => node.target.shard === shard && self(node)?.primary_id !== undefined)
      .toSorted((a, b) => b.state.offset - a.state.offset)
    return heir ? [order(heir, 'CLUSTER', 'FAILOVER', 'TAKEOVER')] : []
  })
}

/**
 * For each of these that is a primary, the order to a replica that is none of these to take its place without losing a write: to the
 * one that was born as primary, where it can be had.
 */
export const succeed = (nodes: Node[], leaving: number[]): Order[] =>
  nodes
    .filter((node) => leaving.includes(node.target.ordinal) && ownRanges(node).length > 0)
    .flatMap((owner) => {
      const heirs = nodes.filter((node) => self(node)?.primary_id === nameOf(owner) && !leaving.includes(node.target.ordinal))
      const heir = heirs.find(({ target }) => target.role === 'primary') ?? heirs[0]
      return heir ? [order(heir, 'CLUSTER', 'FAILOVER')] : []
    })
