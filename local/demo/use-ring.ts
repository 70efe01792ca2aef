import { isIP } from 'node:net'
import { Cluster } from 'ioredis'
import type { Connection } from '../../shared/contract/cluster.ts'

/** One node as the ring itself tells it to a client. */
export interface Seen {
  address: string
  role: 'primary' | 'replica'
  /** Of its shard, inclusive. */
  slots: [number, number][]
}

const KEYS = 64

const within = <T>(ms: number, what: string, promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms).unref()),
  ])

function shards(slots: [number, number, ...[string, number, ...unknown[]][]][]): Seen[] {
  const seen = new Map<string, Seen>()
  for (const [from, to, ...nodes] of slots) {
    for (const [i, [address]] of nodes.entries()) {
      const node: Seen = seen.get(address) ?? { address, role: i === 0 ? 'primary' : 'replica', slots: [] }
      node.slots.push([from, to])
      seen.set(address, node)
    }
  }
  return [...seen.values()]
}

/** The addresses alone: this machine's resolver does not ask the cell's zone, as the tenants' networks do. */
export const addressesOf = (connection: Connection): Connection['endpoints'] => connection.endpoints.filter(({ host }) => isIP(host) !== 0)

/** Writes and reads as the tenant, over every shard, through an ordinary cluster client; answers how many keys came back right. */
export async function useRing(connection: Connection): Promise<{ written: number; read: number; nodes: Seen[] }> {
  const client = new Cluster(addressesOf(connection), {
    redisOptions: { username: connection.username, password: connection.password, connectTimeout: 5000 },
    clusterRetryStrategy: () => null,
  })
  try {
    const keys = Array.from({ length: KEYS }, (_, i) => `demo:${i}`)
    await within(10_000, 'writing', Promise.all(keys.map((key) => client.set(key, `value of ${key}`))))
    const values = await within(10_000, 'reading', Promise.all(keys.map((key) => client.get(key))))
    const slots = (await client.cluster('SLOTS')) as Parameters<typeof shards>[0]
    return { written: keys.length, read: values.filter((value, i) => value === `value of ${keys[i]}`).length, nodes: shards(slots) }
  } finally {
    client.disconnect()
  }
}
