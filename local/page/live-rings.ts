import { nodesOf, type Seen, slotsOf } from '../ring-slots.ts'
import type { NodeItem } from './rings.ts'

/** What a ring says of itself: its nodes by `address:port`. */
export type LiveRing = ReadonlyMap<string, Seen>

const ANSWER_MS = 800

/** `control=a,b replication=c,d tenant=e,f`: whoever looks is the tenant, who may least. */
const tenantPassword = (line: string): string | undefined => /(?:^| )tenant=([^, ]+)/.exec(line)?.[1]

/**
 * Asks a ring's nodes, one after another, until one answers.
 * @param credentials the line that the ring's parameter holds
 * @throws ZodError when one answers what is no ring
 */
export async function askRing(nodes: NodeItem[], credentials: string): Promise<LiveRing | undefined> {
  const password = tenantPassword(credentials)
  if (password === undefined) return undefined
  for (const { address: host, ports } of nodes) {
    if (host === undefined) continue
    const slots = await slotsOf({ host, port: ports.client, username: 'default', password, withinMs: ANSWER_MS })
    if (slots) return nodesOf(slots)
  }
  return undefined
}
