import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where one POST goes, once its name is resolved. */
export type Resolution = { addresses: string[] } | { refused: 'target_refused' | 'name_not_resolved' }

/** Which addresses of the world a tenant may make us talk to. Production's is `publicTargets`. */
export interface TargetPolicy {
  /** A sentence that says why the URL is refused, or nothing. Pure: asked when a webhook is made and before every attempt. */
  check(url: string): string | undefined
  /** Resolves the name once; the caller connects to one of exactly these addresses. */
  resolve(host: string): Promise<Resolution>
}

/** Every address of a name; rejects when there is no answer. */
export type Lookup = (host: string) => Promise<string[]>

const MAX_URL_LENGTH = 2048
const PORTS = new Set(['', '443', '8443'])
/** Names that by custom or standard lead inside (RFC 6761, RFC 6762, RFC 8375, ICANN on `.internal`). */
const INSIDE = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|onion)$/
/** Azure's host endpoint: public by its range, and not a receiver anywhere. */
const DENIED = new Set(['168.63.129.16'])

/** All of IPv6 that is given out for the public internet: what embeds an IPv4 address in other ways lies outside. */
const GLOBAL_V6 = '2000::/3'

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || DENIED.has(address)) return false
  const parsed = ipaddr.parse(address)
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR(GLOBAL_V6)))
}

/** Names that DNS can hold (RFC 1035, 2.3.4), underscores included. */
const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+$/

/** What WHATWG's parser forgives (white space, missing slashes, an empty user) is refused as written. */
function writtenProblem(text: string): string | undefined {
  if (text.length > MAX_URL_LENGTH) return `must be at most ${MAX_URL_LENGTH} characters`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\\\u0000-\u001f\u007f]/.test(text)) return 'must not contain white space, backslashes or control characters'
  if (!/^https:\/\/[^/]/i.test(text)) return 'must begin with https://'
  if (text.includes('#')) return 'must not have a fragment'
  if (/^https:\/\/[^/?]*@/i.test(text)) return 'must not carry a user name or password'
  return undefined
}

function hostProblem(host: string): string | undefined {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return 'must name a host, not an IP address'
  if (host.endsWith('.')) return 'must not end its host name in a dot'
  if (!NAME.test(host) || INSIDE.test(host)) return 'must name a host of the public internet'
  return undefined
}

/** The parser has folded `127.1`, `0x7f000001` and their like into addresses before the host is looked at. */
function targetProblem(text: string): string | undefined {
  const written = writtenProblem(text)
  if (written) return written
  if (!URL.canParse(text)) return 'is not a URL'
  const url = new URL(text)
  if (!PORTS.has(url.port)) return 'must use port 443 or 8443'
  return hostProblem(url.hostname)
}

/**
 * Asked when a webhook is made or moved: as `check`, and a name that already leads inside is refused at once. That is best
 * effort, since names change: one that does not resolve yet is let through, and every attempt asks again.
 */
export async function problemWith(policy: TargetPolicy, url: string): Promise<string | undefined> {
  const problem = policy.check(url)
  if (problem) return problem
  const resolution = await policy.resolve(new URL(url).hostname)
  return 'refused' in resolution && resolution.refused === 'target_refused'
    ? 'must name a host all of whose addresses are public'
    : undefined
}

/** Only https, only ports 443 and 8443, only names all of whose addresses are public unicast. */
export function publicTargets(lookup: Lookup): TargetPolicy {
  return {
    check: targetProblem,
    resolve: async (host) => {
      const addresses = await lookup(host).catch((): string[] => [])
      if (addresses.length === 0) return { refused: 'name_not_resolved' }
      return addresses.every(isPublicAddress) ? { addresses } : { refused: 'target_refused' }
    },
  }
}
