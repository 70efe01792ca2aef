import { promises as dns } from 'node:dns'
import type { Lookup } from './target.ts'

/**
 * Asks DNS itself, IPv4 first (a function outside a VPC has no IPv6). Not `dns.lookup`: that blocks one of the process's
 * four threads for as long as a tenant's name server likes, and reads /etc/hosts. A family that cannot be asked for
 * counts as one without addresses: only what was answered and checked is ever connected to.
 * @param servers `address:port`; those of the machine when left out
 */
export const dnsLookup =
  (servers?: readonly string[]): Lookup =>
  async (host) => {
    const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })
    if (servers) resolver.setServers(servers)
    const families = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []))
  }

/** Through the machine's own resolver. */
export const lookupInDns = dnsLookup()
