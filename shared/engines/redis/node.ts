import type { NodeView, Target } from '../engine.ts'
import type { NodeState } from './probe.ts'

/** A member that answered, and what it said. */
export interface Node {
  target: Target
  state: NodeState
}
/**
 * What to tell a node now. Orders follow from what all of them just said; whoever asks, however often and after whatever was left half
 * done, they only ever lead to the same ring.
 */
export interface Order {
  ordinal: number
  command: string[]
}
export type MemberView = Extract<NodeView, { reachable: true }>['members'][number]

export const order = ({ target }: Node, ...command: string[]): Order => ({ ordinal: target.ordinal, command })
export const nameOf = (node: Node): string => node.state.engine_node_id
export const knows = (node: Node, other: Node): MemberView | undefined => node.state.members.find((m) => m.engine_node_id === nameOf(other))
export const self = (node: Node): MemberView | undefined => knows(node, node)
export const ownRanges = (node: Node): [number, number][] => self(node)?.ranges ?? []

/** Who serves a shard by its own account; the one of the highest epoch while two think so. */
export function ownerOf(shard: number, nodes: Node[]): Node | undefined {
  const owners = nodes.filter((node) => node.target.shard === shard && ownRanges(node).length > 0)
  return owners.toSorted((a, b) => b.state.epoch - a.state.epoch)[0]
}
