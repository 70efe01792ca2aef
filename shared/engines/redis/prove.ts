import type { Credentials, Target } from '../engine.ts'
import { connectResp, type Endpoint } from '../resp.ts'
import { endpointOf } from './endpoint.ts'
import type { NodeState } from './probe.ts'
import { SLOTS } from './ring.ts'

type MemberView = NodeState['members'][number]

/** CRC16 as the engine hashes keys: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (appendix A). */
function slotOf(tag: string): number {
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc % SLOTS
}

/** A key in one of these slots, of a name that no tenant has. */
function keyWithin(ranges: [number, number][]): string {
  for (let n = 0; ; n += 1) {
    const tag = `ringhold-${n}`
    if (ranges.some(([low, high]) => slotOf(tag) >= low && slotOf(tag) <= high)) return `{${tag}}:proof`
  }
}

async function proveShard(primary: Endpoint, replicas: Endpoint[], key: string, timeoutMs: number): Promise<void> {
  const [writer, ...readers] = await Promise.all([primary, ...replicas].map((endpoint) => connectResp(endpoint, timeoutMs)))
  try {
    if (!writer) return
    const value = `written through ${primary.address}`
    // It goes by itself should the last line never be reached.
    await writer.call('SET', key, value, 'EX', '60')
    const copies = await writer.call('WAIT', String(replicas.length), String(timeoutMs))
    if (typeof copies !== 'number' || copies < replicas.length) throw new Error(`a write reached ${copies} of ${replicas.length} replicas`)
    for (const reader of readers) await reader.call('READONLY')
    const read = await Promise.all([writer, ...readers].map((node) => node.call('GET', key)))
    if (read.some((found) => found !== value)) throw new Error('a write was not read back')
    await writer.call('DEL', key)
  } finally {
    for (const node of [writer, ...readers]) node?.close()
  }
}

/** Writes and reads a key in every shard as the tenant, on the primary and on every replica. Throws what went wrong; `nodes` are the whole ring. */
export async function prove(nodes: { target: Target; state: NodeState }[], credentials: Credentials, timeoutMs: number): Promise<void> {
  const asTenant = new Map(nodes.map(({ target, state }) => [state.engine_node_id, endpointOf(target, credentials, 'tenant')]))
  const of = (members: MemberView[]): Endpoint[] => members.flatMap((m) => asTenant.get(m.engine_node_id) ?? [])
  const ring = nodes[0]?.state.members ?? []
  const shards = ring.filter((m) => m.ranges.length > 0)
  await Promise.all(
    shards.map(async (shard) => {
      const replicas = of(ring.filter((m) => m.primary_id === shard.engine_node_id))
      for (const primary of of([shard])) await proveShard(primary, replicas, keyWithin(shard.ranges), timeoutMs)
    }),
  )
}
