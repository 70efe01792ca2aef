import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Kinds of thing that carry an id, and the prefix that says which. */
export const ID_PREFIXES = {
  tenant: 'ten',
  key: 'key',
  cluster: 'clu',
  node: 'nod',
  operation: 'op',
  event: 'evt',
  webhook: 'whk',
  delivery: 'dlv',
  audit: 'aud',
} as const
export type IdKind = keyof typeof ID_PREFIXES

export type NewId = (kind: IdKind) => string

function base32(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text
  return text
}

/**
 * Sortable ids: 48 bits of milliseconds and 80 of randomness in Crockford's base32, as ULIDs are
 * (https://github.com/ulid/spec), lower case, behind a prefix: `clu_01k...`.
 */
export function idMaker(now: () => number, random: (bytes: number) => Uint8Array = randomBytes): NewId {
  return (kind) => {
    const noise = BigInt(`0x${Buffer.from(random(10)).toString('hex')}`)
    return `${ID_PREFIXES[kind]}_${base32(BigInt(now()), 10)}${base32(noise, 16)}`
  }
}

/** What every id of that kind begins with that was made at that moment, and sorts before all of them. */
export const idsAt = (kind: IdKind, epochMs: number): string => `${ID_PREFIXES[kind]}_${base32(BigInt(Math.max(0, epochMs)), 10)}`

/** The shape of an id of that kind, for schemas and keys. */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${ID_PREFIXES[kind]}_[${ALPHABET}]{26}$`)
