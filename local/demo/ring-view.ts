import { Redis } from 'ioredis'
import * as z from 'zod'
import type { Connection } from '../../shared/contract/cluster.ts'

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

export function nodesOf(slots: Slots): Seen[] {
  const seen = new Map<string, Seen>()
  for (const [from, to, ...nodes] of slots) {
    for (const [i, [address, port]] of nodes.entries()) {
      const place = `${address}:${port}`
      const node: Seen = seen.get(place) ?? { place, role: i === 0 ? 'primary' : 'replica', slots: [] }
      node.slots.push([from, to])
      seen.set(place, node)
    }
  }
  return [...seen.values()]
}

const SLOTS = 16_384
const ANSWER_MS = 1500

async function viewOf(host: string, port: number, { username, password }: Connection): Promise<Slots | undefined> {
  const node = new Redis({
    ...{ host, port, username, password, connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, lazyConnect: true },
    retryStrategy: () => null,
  })
  node.on('error', () => undefined)
  try {
    await node.connect()
    return Slots.parse(await node.cluster('SLOTS'))
  } catch {
    // Not up, not yet, or busy loading: it does not answer.
    return undefined
  } finally {
    node.disconnect()
  }
}

/** The same for all who see the same ring, in whatever order they tell it. */
function canonical(slots: Slots): string {
  const ranges = slots.map(([from, to, primary, ...replicas]) => [from, to, primary?.[2], ...replicas.map((node) => node[2]).sort()])
  return JSON.stringify(ranges.sort((a, b) => Number(a[0]) - Number(b[0])))
}

const covered = (slots: Slots): number => slots.reduce((sum, [from, to]) => sum + to - from + 1, 0)

export interface Agreement {
  /** Nodes that answer. */
  answering: number
  /** All answer, all tell the same ring, and it has every slot and every node. */
  agreed: boolean
}

/** Asks every node for its own view of the ring. */
export async function agreement(endpoints: Connection['endpoints'], connection: Connection): Promise<Agreement> {
  const asked = await Promise.all(endpoints.map(({ host, port }) => viewOf(host, port, connection)))
  const views = asked.filter((view) => view !== undefined)
  const whole = views.every((view) => covered(view) === SLOTS && nodesOf(view).length === endpoints.length)
  const agreed = views.length === endpoints.length && whole && new Set(views.map(canonical)).size === 1
  return { answering: views.length, agreed }
}
