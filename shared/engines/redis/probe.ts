import type { Credentials, NodeView, Target } from '../engine.ts'
import { connectResp, type Reply, type RespConnection, RespError } from '../resp.ts'
import { SERVICE_NODE_TIMEOUT_MS } from './container.ts'
import { endpointOf } from './endpoint.ts'
import { SLOTS } from './ring.ts'

type MemberView = Extract<NodeView, { reachable: true }>['members'][number]

/** Everything one node says of itself and its ring, read in one round trip. */
export interface NodeState {
  ordinal: number
  engine_node_id: string
  /** Itself included, handshakes not: they have no identity yet. */
  members: MemberView[]
  /** Places it is just getting to know, as in {@link busOf}. */
  handshakes: string[]
  epoch: number
  /** What it lacks, by its own account, of: every slot served, links in both directions, in step as a replica, state ok, all members told to clients. */
  lacks?: string
  /** A replica in step with a primary that never had anything to copy. */
  copiedNothing: boolean
  /** How far it has written, or copied: of two replicas of one primary the one with more lacks less. */
  offset: number
  nodeTimeoutMs: number
}

const QUESTIONS = [
  ['CLUSTER', 'NODES'],
  ['CLUSTER', 'INFO'],
  ['CLUSTER', 'LINKS'],
  ['CLUSTER', 'SLOTS'],
  ['INFO', 'replication'],
  ['CONFIG', 'GET', 'cluster-node-timeout'],
]

/** `CLUSTER INFO` and `INFO`: lines of `name:value`. */
const fields = (text: string): Map<string, string> =>
  new Map(text.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))

const SICK = ['fail', 'fail?', 'noaddr']

/** Of `ip:port@bus` the part that a node knows from the first moment of every other: its client port may come with the first answer only. */
export const busOf = (place: string): string => place.replace(/:\d+@/, '@')

/** `id ip:port@bus[,hostname] flags primary ping pong epoch link slot...`: https://redis.io/docs/latest/commands/cluster-nodes/ */
function readLine(line: string): { flags: string[]; epoch: number; member: MemberView } {
  const [id = '', address = '', flagList = '', primary = '-', , , epoch = '0', link = '', ...slots] = line.split(' ')
  const flags = flagList.split(',')
  const replica = flags.includes('slave')
  const ranges = slots.filter((slot) => !slot.startsWith('[')).map((slot) => slot.split('-').map(Number))
  return {
    flags,
    epoch: Number(epoch),
    member: {
      engine_node_id: id,
      place: address.split(',')[0] ?? '',
      role: replica ? 'replica' : 'primary',
      ...(replica && primary !== '-' ? { primary_id: primary } : {}),
      ranges: ranges.map(([low = 0, high = low]) => [low, high]),
      healthy: link === 'connected' && !flags.some((flag) => SICK.includes(flag)),
    },
  }
}

/**
 * The members that clients are told of: a replica is left out until the node has heard how far it has copied
 * (`isReplicaAvailable` in the engine's cluster.c), which can be seconds after everything else agrees.
 */
function toldToClients(slots: Reply | undefined): number {
  const ids = (Array.isArray(slots) ? slots : []).flatMap((range) =>
    (Array.isArray(range) ? range.slice(2) : []).map((node) => (Array.isArray(node) ? String(node[2]) : '')),
  )
  return new Set(ids).size
}

/** What keeps a node from serving; undefined when nothing does. */
function lackOf(
  info: Map<string, string>,
  replication: Map<string, string>,
  links: Reply | undefined,
  slots: Reply | undefined,
  size: number,
) {
  for (const counter of ['cluster_slots_assigned', 'cluster_slots_ok']) {
    if (info.get(counter) !== String(SLOTS)) return `${counter} is ${info.get(counter)}`
  }
  // Both directions: a meeting whose last answer was lost leaves a link that only one side knows.
  const count = Array.isArray(links) ? links.length : 0
  if (count !== 2 * (size - 1)) return `it has ${count} links instead of ${2 * (size - 1)}`
  if (replication.get('role') !== 'master' && replication.get('master_link_status') !== 'up') return 'it has not caught up with its primary'
  if (info.get('cluster_state') !== 'ok') return `cluster_state is ${info.get('cluster_state')}`
  const told = toldToClients(slots)
  return told === size ? undefined : `it tells clients of ${told} members of ${size}`
}

const text = (reply: Reply | undefined): string => {
  if (typeof reply === 'string') return reply
  throw reply instanceof RespError ? reply : new Error('an unexpected answer')
}

/** Asks a node everything. Throws what kept it from answering, e.g. while it loads its data. */
export async function readState(ordinal: number, connection: RespConnection): Promise<NodeState> {
  const [nodes, info, links, slots, replication, config] = await connection.pipeline(QUESTIONS)
  const lines = text(nodes).trim().split('\n').map(readLine)
  const myself = lines.find((line) => line.flags.includes('myself'))
  if (!myself) throw new Error('CLUSTER NODES does not name the node itself')
  const members = lines.filter((line) => !line.flags.includes('handshake')).map((line) => line.member)
  const copy = fields(text(replication))
  const lacks = lackOf(fields(text(info)), copy, links, slots, members.length)
  const nodeTimeoutMs = Array.isArray(config) ? Number(config[1]) : Number.NaN
  return {
    ordinal,
    engine_node_id: myself.member.engine_node_id,
    members,
    handshakes: lines.filter((line) => line.flags.includes('handshake')).map((line) => busOf(line.member.place)),
    epoch: myself.epoch,
    copiedNothing: copy.get('master_link_status') === 'up' && copy.get('slave_repl_offset') === '0',
    offset: Number(copy.get('slave_repl_offset') ?? copy.get('master_repl_offset') ?? 0),
    ...(lacks === undefined ? {} : { lacks }),
    nodeTimeoutMs,
  }
}

export const viewOf = (state: NodeState): NodeView => ({
  ordinal: state.ordinal,
  reachable: true,
  engine_node_id: state.engine_node_id,
  serving: state.lacks === undefined,
  ...(state.lacks === undefined ? {} : { lacks: state.lacks }),
  settled: state.nodeTimeoutMs === SERVICE_NODE_TIMEOUT_MS,
  members: state.members,
})

/** Why a node gave no view; the text is the node's or the system's and carries no secret. */
export const unreachable = (ordinal: number, error: unknown): NodeView => ({
  ordinal,
  reachable: false,
  reason: Error.isError(error) ? error.message : String(error),
})

/** See {@link Wire.probe}. */
export async function probe(target: Target, credentials: Credentials, timeoutMs: number): Promise<NodeView> {
  try {
    const connection = await connectResp(endpointOf(target, credentials, 'control'), timeoutMs)
    try {
      return viewOf(await readState(target.ordinal, connection))
    } finally {
      connection.close()
    }
  } catch (error) {
    return unreachable(target.ordinal, error)
  }
}
