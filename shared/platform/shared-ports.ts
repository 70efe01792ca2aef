import { createHash } from 'node:crypto'

/** From `from` to `to`, inclusive. */
interface PortRange {
  from: number
  to: number
}

/** How many nodes of one host may have ports that differ. */
export const SLOTS = 7_000
const range = (from: number): PortRange => ({ from, to: from + SLOTS - 1 })

/**
 * Where nodes listen that share their host's address: for clients, for us and the other nodes of their ring (TLS), and for the ring's bus.
 * Below the ports that Linux gives to whoever connects (32,768 and up), and beside those of the ECS agent (51678 to 51680).
 */
export const SHARED_PORTS = { client: range(10_000), peers: range(17_000), bus: range(24_000) } as const satisfies Record<string, PortRange>

/**
 * The ports of one attempt of a node. Nobody knows the host before ECS has chosen it, so they may be taken there: of sixty
 * neighbours one has the same once in a hundred times. The container then ends, and the next attempt has others.
 */
export function sharedPorts(nodeId: string, attempt: number): { client: number; peers: number; bus: number } {
  const slot = createHash('sha256').update(`${nodeId}.${attempt}`).digest().readUInt32BE(0) % SLOTS
  return { client: SHARED_PORTS.client.from + slot, peers: SHARED_PORTS.peers.from + slot, bus: SHARED_PORTS.bus.from + slot }
}
