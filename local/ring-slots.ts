import { Redis } from 'ioredis'
import * as z from 'zod'

/** Answer to CLUSTER SLOTS: ranges of slots, each with its primary and then its replicas. https://valkey.io/commands/cluster-slots/ */
export const Slots = z.array(z.tuple([z.int(), z.int()]).rest(z.tuple([z.string(), z.int(), z.string()]).rest(z.unknown())))
export type Slots = z.infer<typeof Slots>

/** One node as the ring itself tells it to a client. */
export interface Seen {
  /** `address:port`: nodes of a ring may be at one address. */
  place: string
  role: 'primary' | 'replica'
  /** Of its shard, inclusive. */
  slots: [number, number][]
}

/** By place. */
export function nodesOf(slots: Slots): Map<string, Seen> {
  const seen = new Map<string, Seen>()
  for (const [from, to, ...nodes] of slots) {
    for (const [i, [address, port]] of nodes.entries()) {
      const place = `${address}:${port}`
      const node: Seen = seen.get(place) ?? { place, role: i === 0 ? 'primary' : 'replica', slots: [] }
      node.slots.push([from, to])
      seen.set(place, node)
    }
  }
  return seen
}

export interface Asked {
  host: string
  port: number
  username: string
  password: string
  /** For the connection, and for the answer. */
  withinMs: number
}

async function answerOf({ withinMs, ...to }: Asked): Promise<unknown> {
  const options = { ...to, connectTimeout: withinMs, commandTimeout: withinMs, lazyConnect: true }
  const node = new Redis({ ...options, retryStrategy: () => null })
  // The call that it fails tells it.
  node.on('error', () => undefined)
  try {
    await node.connect()
    return await node.cluster('SLOTS')
  } catch {
    // Not up, not yet, or busy loading: it does not answer.
    return undefined
  } finally {
    node.disconnect()
  }
}

/**
 * A node's own view of its ring, undefined when it does not answer.
 * @throws ZodError when it answers something else
 */
export async function slotsOf(asked: Asked): Promise<Slots | undefined> {
  const answer = await answerOf(asked)
  return answer === undefined ? undefined : Slots.parse(answer)
}
