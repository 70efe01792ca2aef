import { ExpandedCluster } from '../../shared/contract/cluster.ts'
import { type Cell, givenCell, postRing } from '../../test/support/given-cell.ts'
import { listeners, type Socket, sockets } from './sockets.ts'

/** Long enough for some pings of each pair, which go round in five seconds. */
const WATCHED_MS = 60_000
const PATIENCE_MS = 60_000
const RING = { engine: 'valkey', shards: 3, replicas: 1, size: '256m' }
/** Of IPv4 and TCP with its time stamps, in each segment. */
const HEADER_BYTES = 52

/** What an idle ring sends itself: the bus, and replication. */
export interface Gossip {
  /** Of all nodes. */
  bytesPerSecond: number
  betweenZonesPerSecond: number
  /** Ordered pairs of nodes that are connected, and those of them in different AZs. */
  pairs: number
  crossingPairs: number
  seconds: number
}

interface Flow {
  from: number
  to: number
  bytes: number
}

const withHeaders = ({ bytesSent, segmentsSent }: Socket): number => bytesSent + segmentsSent * HEADER_BYTES

/** What each process has sent to each other one of these, over connections that both ends of are seen. */
function flows(seen: Socket[], pids: Set<number>): Map<string, Flow> {
  const owner = new Map(seen.map(({ local, remote, pid }) => [`${local}>${remote}`, pid]))
  return new Map(
    seen.flatMap((socket): [string, Flow][] => {
      const to = owner.get(`${socket.remote}>${socket.local}`)
      if (to === undefined || !pids.has(to) || !pids.has(socket.pid)) return []
      return [[`${socket.local}>${socket.remote}`, { from: socket.pid, to, bytes: withHeaders(socket) }]]
    }),
  )
}

/** The AZ of each node's process. */
async function zonesOf({ tenant }: Cell, id: string): Promise<Map<number, string>> {
  const { nodes = [] } = await tenant.call('GET', `/v1/clusters/${id}?expand=nodes`, ExpandedCluster)
  const pids = await listeners()
  return new Map(
    nodes.map((node): [number, string] => {
      const pid = pids.get(`${node.address}:${node.port}`)
      if (pid === undefined) throw new Error(`nobody listens at ${node.address}:${node.port}`)
      return [pid, node.az]
    }),
  )
}

/** @returns undefined where the kernel's counters cannot be had */
async function watched(cell: Cell): Promise<Gossip | undefined> {
  const cluster = await postRing(cell.tenant, RING)
  await cell.receiver.next(cluster.id, ['cluster.ready'], PATIENCE_MS)
  const zones = await zonesOf(cell, cluster.id)
  const pids = new Set(zones.keys())
  const before = await sockets()
  const began = performance.now()
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
  const after = await sockets()
  if (!before || !after) return undefined
  const seconds = (performance.now() - began) / 1000
  const earlier = flows(before, pids)
  const sent = [...flows(after, pids)].map(([key, flow]) => ({ ...flow, bytes: flow.bytes - (earlier.get(key)?.bytes ?? 0) }))
  const crossing = sent.filter(({ from, to }) => zones.get(from) !== zones.get(to))
  const pairsOf = (of: Flow[]): number => new Set(of.map(({ from, to }) => `${from}>${to}`)).size
  const rate = (of: Flow[]): number => of.reduce((sum, { bytes }) => sum + bytes, 0) / seconds
  return {
    bytesPerSecond: rate(sent),
    betweenZonesPerSecond: rate(crossing),
    pairs: pairsOf(sent),
    crossingPairs: pairsOf(crossing),
    seconds,
  }
}

/** A real ring of six nodes, let alone for a minute, by the kernel's counters of its connections. */
export async function gossip(): Promise<Gossip | undefined> {
  const cell = await givenCell()
  try {
    return await watched(cell)
  } finally {
    await cell.stop()
  }
}
