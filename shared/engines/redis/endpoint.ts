import type { Credentials, Target } from '../engine.ts'
import type { Endpoint } from '../resp.ts'

/**
 * Where and how we speak to a node. On a shared network a neighbour may have taken the node's ports before it: there it has to show the
 * certificate of its ring before it is told anything. An address of its own has nobody else.
 * @throws when the ring should have a certificate and has none
 */
export function endpointOf({ address, ports }: Target, credentials: Credentials, user: 'control' | 'tenant'): Endpoint {
  const password = credentials[user].current
  const login = user === 'control' ? { username: 'control', password } : { password }
  if (ports.peers === ports.client) return { address, port: ports.client, ...login }
  if (!credentials.tls) throw new Error('a ring on a shared network has no certificate')
  return { address, port: ports.peers, ...login, tls: credentials.tls }
}
