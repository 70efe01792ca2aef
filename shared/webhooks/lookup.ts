import { promises as dns } from 'node:dns'
import type { Lookup } from './target.ts'

/** Longer than both tries of one name server. */
const LONGEST_MS = 8_000
/** Whoever makes a webhook waits for a name server of their own choosing, and keeps an instance of the function to themselves. */
const LONGEST_WHILE_HELD_MS = 1_000

/**
 * Asks DNS itself, IPv4 first (a function outside a VPC has no IPv6). Not `dns.lookup`: that blocks one of the process's
 * four threads for as long as a tenant's name server likes, and reads /etc/hosts. A family that cannot be asked for
 * counts as one without addresses: only what was answered and checked is ever connected to.
 * @param servers `address:port`; those of the machine when left out
 * @param longestMs what is not answered by then has no addresses
 */
export const dnsLookup =
  (servers?: readonly string[], longestMs = LONGEST_MS): Lookup =>
  async (host) => {
    const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })
    if (servers) resolver.setServers(servers)
    const ending = setTimeout(() => resolver.cancel(), longestMs)
    const families = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    clearTimeout(ending)
    return families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []))
  }

/** Through the machine's own resolver. */
export const lookupInDns = dnsLookup()

/** The same for a look that somebody waits for, and that is made again before anything is sent. */
export const briefLookupInDns = dnsLookup(undefined, LONGEST_WHILE_HELD_MS)
