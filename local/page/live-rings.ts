import { Redis } from 'ioredis'
import * as z from 'zod'
import { type NodeItem, nodePort } from './rings.ts'

/** What a ring says of itself: by `address:port`, what a node is and how many slots its shard holds. */
export type LiveRing = Record<string, { role: 'primary' | 'replica'; slots: [number, number][] }>

const Member = z.tuple([z.string(), z.int(), z.string()]).rest(z.unknown())
/** https://valkey.io/commands/cluster-slots/ */
const Slots = z.array(z.tuple([z.int(), z.int()]).rest(Member))
const ANSWER_MS = 800

/** `control=a,b replication=c,d tenant=e,f`: whoever looks is the tenant, who may least. */
const tenantPassword = (line: string): string | undefined => /(?:^| )tenant=([^, ]+)/.exec(line)?.[1]

function liveRing(slots: z.infer<typeof Slots>): LiveRing {
  const ring: LiveRing = {}
  for (const [from, to, ...members] of slots) {
    for (const [i, [host, port]] of members.entries()) {
      const key = `${host}:${port}`
      const node = ring[key] ?? { role: i === 0 ? 'primary' : 'replica', slots: [] }
      node.slots.push([from, to])
      ring[key] = node
    }
  }
  return ring
}

async function ask(host: string, port: number, password: string): Promise<LiveRing | undefined> {
  const options = { host, port, username: 'default', password, connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, lazyConnect: true }
  const node = new Redis({ ...options, retryStrategy: () => null })
  // The call that it fails tells it.
  node.on('error', () => undefined)
  try {
    await node.connect()
    return liveRing(Slots.parse(await node.cluster('SLOTS')))
  } catch {
    return undefined
  } finally {
    node.disconnect()
  }
}

/** Asks a ring's nodes, one after another, until one answers. @param credentials the line that the ring's parameter holds */
export async function askRing(nodes: NodeItem[], credentials: string): Promise<LiveRing | undefined> {
  const password = tenantPassword(credentials)
  if (password === undefined) return undefined
  for (const node of nodes) {
    const ring = node.address === undefined ? undefined : await ask(node.address, nodePort(node), password)
    if (ring) return ring
  }
  return undefined
}
