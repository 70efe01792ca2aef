import type { IncomingMessage } from 'node:http'
import { isOwnHost } from '../foreign.ts'
import { Impossible } from './impossible.ts'

/**
 * Lets through what the developer's own tools and the page itself send. A page of somebody else in the same browser may neither kill
 * hosts (Origin, Sec-Fetch-Site, a content type that needs a preflight) nor look, by a name of its own that resolves to 127.0.0.1 (Host).
 * @throws Impossible
 */
export function refuseForeign({ method, headers }: IncomingMessage): void {
  const { host = '', origin, 'sec-fetch-site': site = 'none', 'content-type': type = '' } = headers
  if (!isOwnHost(host)) throw new Impossible(403, `Host ${host} is not this machine`, { hosts: ['127.0.0.1', 'localhost'] })
  if (origin !== undefined && origin !== `http://${host}`) throw new Impossible(403, `${origin} may not ask this`, {})
  if (site !== 'none' && site !== 'same-origin') throw new Impossible(403, 'another site may not ask this', {})
  if (method === 'POST' && !/^application\/json(;|$)/i.test(type))
    throw new Impossible(415, 'a POST needs Content-Type: application/json', { content_types: ['application/json'] })
}
