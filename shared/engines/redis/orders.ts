import type { Target } from '../engine.ts'
import { SERVICE_NODE_TIMEOUT_MS } from './container.ts'
import { knows, type MemberView, type Node, nameOf, type Order, order, ownerOf, ownRanges, self } from './node.ts'
import { busOf } from './probe.ts'
import { isBlank, slotsOf } from './ring.ts'
import { takeOver } from './succession.ts'

/**
 * While a ring is formed, facts about slots and roles travel on pings that go out when the last answer is older than half of this,
 * and a primary that was alone until now waits for all of it (at most 5 s) before it serves.
 */
const FORMING_NODE_TIMEOUT_MS = 1000

const setTimeoutTo = (nodes: Node[], ms: number): Order[] =>
  nodes.filter((node) => node.state.nodeTimeoutMs !== ms).map((node) => order(node, 'CONFIG', 'SET', 'cluster-node-timeout', String(ms)))

/** Takes back what only holds while a ring is formed. */
export const settle = (nodes: Node[]): Order[] => setTimeoutTo(nodes, SERVICE_NODE_TIMEOUT_MS)

/** What only holds while a ring is formed. */
export const hasten = (nodes: Node[]): Order[] => setTimeoutTo(nodes, FORMING_NODE_TIMEOUT_MS)

/** One side of a pair begins; the other does when it is left half met, since the engine itself never notices (7.x). */
function shouldMeet(node: Node, other: Node): boolean {
  const at = `${other.target.address}@${other.target.ports.bus}`
  if (node === other || node.state.handshakes.includes(at)) return false
  const known = knows(node, other)
  if (known) return busOf(known.place) !== at
  return other.target.ordinal < node.target.ordinal || knows(other, node) !== undefined
}

/** Every pair meets directly: what is left to gossip takes seconds more with every few nodes. A known id at a new address is updated. */
const meetings = (nodes: Node[], among: Node[] = nodes): Order[] =>
  nodes.flatMap((node) =>
    nodes
      .filter((other) => (among.includes(node) || among.includes(other)) && shouldMeet(node, other))
      .map((other) =>
        order(node, 'CLUSTER', 'MEET', other.target.address, String(other.target.ports.peers), String(other.target.ports.bus)),
      ),
  )

function follow(node: Node, nodes: Node[]): Order[] {
  const owner = ownerOf(node.target.shard, nodes)
  if (!owner || owner === node || self(node)?.primary_id === nameOf(owner) || !knows(node, owner)) return []
  return [order(node, 'CLUSTER', 'REPLICATE', nameOf(owner))]
}

/**
 * An epoch of its own saves every primary a quarrel about who was first; the engine takes it only from a node that knows nobody.
 * Later members get lower ones: a replica speaks with its primary's epoch, and who remembers a higher one of it from the time
 * before it followed takes all that it says for stale, for good (seen with Valkey 8 and 9: one ring of thirty nodes in fifty).
 */
const number = (node: Node, members: number): Order[] =>
  isBlank(node.state) && node.state.handshakes.length === 0 && node.state.epoch === 0
    ? [order(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(members - node.target.ordinal))]
    : []

/**
 * A replica is kept from clients until everybody heard that it has copied something (`isReplicaAvailable` in the engine's cluster.c),
 * which may be seconds after its copy of nothing was complete. Waiting for more replicas than there are makes a primary ask its own
 * how far they are, in the very stream that they copy: it writes nothing.
 */
export const nudge = (nodes: Node[]): Order[] =>
  nodes
    .filter((node) => nodes.some((other) => other.state.copiedNothing && self(other)?.primary_id === nameOf(node)))
    .map((node) => order(node, 'WAIT', '255', '1'))

function begin(node: Node, nodes: Node[], shards: number): Order[] {
  const { target } = node
  const takesSlots = target.role === 'primary' && !ownerOf(target.shard, nodes)
  const slots = takesSlots ? [order(node, 'CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(target.shard, shards).map(String))] : []
  return [...number(node, nodes.length), ...slots]
}

/** Left by a formation whose nodes have died since, or by anything else that is not this ring. */
function isStained(node: Node, nodes: Node[], shards: number): boolean {
  const wanted = slotsOf(node.target.shard, shards).join()
  const own = ownRanges(node)
  return (
    node.state.members.some((m) => !nodes.some((other) => nameOf(other) === m.engine_node_id)) || (own.length > 0 && own.join() !== wanted)
  )
}

const reset = (node: Node): Order[] => [
  // A primary that holds keys refuses to be reset; a replica empties itself.
  ...(self(node)?.role === 'primary' ? [order(node, 'FLUSHALL')] : []),
  order(node, 'CLUSTER', 'RESET', 'HARD'),
]

/** For a ring that never served: all members answered. Each stage begins when every node says that the one before is done. */
export function form(nodes: Node[]): Order[] {
  const shards = new Set(nodes.map((node) => node.target.shard)).size
  if (nodes.some((node) => isStained(node, nodes, shards))) return nodes.filter((node) => !isBlank(node.state)).flatMap(reset)
  const beginnings = [...hasten(nodes), ...nodes.flatMap((node) => begin(node, nodes, shards))]
  if (beginnings.length > 0) return beginnings
  return [...meetings(nodes), ...nodes.flatMap((node) => follow(node, nodes)), ...nudge(nodes)]
}

/**
 * A dead member's id goes, from every node, once by nobody's account it owns anything or is followed by anybody: a newcomer may
 * not know yet what it owned, and a node that forgets tells the others to (7.2 and later). The engine keeps the id out for a minute.
 */
function forget(nodes: Node[], living: Set<string>): Order[] {
  const views = nodes.flatMap((node) => node.state.members)
  const needed = new Set([...living, ...views.flatMap((m) => (m.ranges.length > 0 ? m.engine_node_id : (m.primary_id ?? [])))])
  return nodes.flatMap((node) =>
    node.state.members.filter((m) => !needed.has(m.engine_node_id)).map((m) => order(node, 'CLUSTER', 'FORGET', m.engine_node_id)),
  )
}

/**
 * For members of a ring that has served: those that lost sight of each other meet again. Blank ones are not let in by this way.
 * @param whole nobody else runs: what is known beside them is dead
 */
export function reunite(nodes: Node[], whole: boolean): Order[] {
  const known = nodes.filter((node) => !isBlank(node.state))
  const all = whole && known.length === nodes.length
  const dead = all ? forget(nodes, new Set(nodes.map(nameOf))) : []
  // Whoever owns nothing and follows nobody was let in and left half way: the engine takes no other, nor one that holds a key.
  const halfIn = known.filter((node) => ownRanges(node).length === 0 && self(node)?.primary_id === undefined)
  const heirs = all ? takeOver(nodes) : []
  return [...settle(known), ...meetings(known), ...heirs, ...halfIn.flatMap((node) => follow(node, known)), ...nudge(known), ...dead]
}

/** The slots of a shard that has no copy left, empty, to its newcomer: first nobody may think that they are still a dead member's. */
function adopt(shard: number, newcomers: Node[], nodes: Node[], living: Set<string>, shards: number): Order[] {
  const [heir] = newcomers.filter((node) => node.target.shard === shard).toSorted((a, b) => a.target.ordinal - b.target.ordinal)
  if (!heir) return []
  const [low, high] = slotsOf(shard, shards)
  const claims = (m: MemberView): boolean => !living.has(m.engine_node_id) && m.ranges.some(([from, to]) => from <= high && to >= low)
  const dead = nodes.flatMap((node) => node.state.members.filter(claims).map((m) => order(node, 'CLUSTER', 'FORGET', m.engine_node_id)))
  return dead.length > 0 ? dead : [order(heir, 'CLUSTER', 'ADDSLOTSRANGE', String(low), String(high))]
}

/**
 * Brings blank newcomers into a ring that serves, each behind its shard's primary of the day.
 * @param absent ids of members that do not answer now but may be back with their data
 * @param mayLose a shard of which no copy is left begins anew
 */
export function introduce(newcomers: Node[], nodes: Node[], absent: string[], ring: Target[], mayLose: boolean): Order[] {
  const shards = new Set(ring.map((target) => target.shard)).size
  const highest = Math.max(...ring.map((target) => target.ordinal))
  const numbers = newcomers.flatMap((node) => number(node, highest + 1))
  if (numbers.length > 0) return numbers
  const living = new Set([...nodes.map(nameOf), ...absent])
  const isNew = (target: Target): boolean => newcomers.some((node) => node.target.ordinal === target.ordinal)
  const lost = [...new Set((mayLose ? newcomers : []).map((node) => node.target.shard))].filter(
    (shard) => !ownerOf(shard, nodes) && ring.filter((target) => target.shard === shard).every(isNew),
  )
  return [
    ...(absent.length === 0 ? takeOver(nodes) : []),
    ...lost.flatMap((shard) => adopt(shard, newcomers, nodes, living, shards)),
    ...meetings(nodes, newcomers),
    ...newcomers.flatMap((node) => follow(node, nodes)),
    ...nudge(nodes),
    ...forget(nodes, living),
  ]
}
