import { KINDS, type Kind } from './item-kinds.ts'

export interface Item extends Record<string, unknown> {
  pk: string
  sk: string
}

export const ID = /\b(?:ten|clu|op|whk|dlv|key|evt|nod|aud)_[0-9a-hjkmnp-tv-z]{26}\b/g
const PLATFORM = 'platform'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An answer is kept as text. */
function opened(text: string): unknown {
  if (!text.startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** All text in it but what tenants write; names of members too. */
export function texts(value: unknown, written: readonly string[]): string[] {
  if (typeof value === 'string') {
    const inside = opened(value)
    return typeof inside === 'string' ? [inside] : texts(inside, written)
  }
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, written))
  // An actor that is the platform: tenants see by which of its keys it did something.
  if (!isObject(value) || (value.platform === true && typeof value.type === 'string')) return []
  return Object.entries(value).flatMap(([name, member]) => (written.includes(name) ? [] : [name, ...texts(member, written)]))
}

const kindOf = ({ sk }: Item): Kind | undefined => KINDS.find((kind) => kind.sk.test(sk))
/** Of the item's partition; of an API key, which stands outside, what it says itself. */
const tenantOf = ({ pk, tenant_id }: Item): string =>
  pk.startsWith('T#') ? pk.slice('T#'.length) : typeof tenant_id === 'string' ? tenant_id : PLATFORM

/** Whose each id is: that of the partition in whose keys it stands. */
export function ownersOf(items: readonly Item[]): Map<string, string> {
  const owners = new Map<string, string>()
  for (const item of items) {
    const ids = item.sk === 'KEY' ? item.pk.match(ID) : item.sk.match(ID)
    if (!item.sk.startsWith('TENANT#')) for (const id of ids ?? []) owners.set(id, tenantOf(item))
    if (typeof item.id === 'string' && kindOf(item)?.owner) owners.set(item.id, tenantOf(item))
    if (item.pk.startsWith('T#ten_')) owners.set(tenantOf(item), tenantOf(item))
  }
  return owners
}

/** What is wrong with one item, in words. */
function wrongs(item: Item, owners: Map<string, string>, gone: ReadonlySet<string>): string[] {
  const kind = kindOf(item)
  if (!kind) return ['is of no kind that anybody described: test/support/item-kinds.ts']
  const tenant = tenantOf(item)
  const owner = kind.owner && item[kind.owner]
  const { pk: _pk, sk: _sk, ...rest } = item
  const ids = texts([rest], kind.written).flatMap((text) => text.match(ID) ?? [])
  const foreign = tenant === PLATFORM ? [] : ids.filter((id) => owners.has(id) && owners.get(id) !== tenant)
  const garbage = kind.garbage({ ...item, tenant_gone: gone.has(tenant) })
  return [
    ...(owner !== undefined && owner !== tenant ? [`says that it is ${owner}'s`] : []),
    ...(kind.owner && owner === undefined && tenant !== PLATFORM ? ['says not whose it is'] : []),
    ...foreign.map((id) => `holds ${id}, which is ${owners.get(id)}'s`),
    ...(item.expires !== undefined && !garbage ? ['goes by TTL although it is no garbage'] : []),
  ]
}

/** Looks at a whole table: what of it is not where it belongs, or says what it must not. */
export function walk(items: readonly Item[], secrets: readonly string[]): string[] {
  const owners = ownersOf(items)
  const gone = new Set(items.filter(({ sk, state }) => sk === 'TENANT' && state === 'deleted').map(tenantOf))
  return items.flatMap((item) => {
    const text = JSON.stringify(item)
    const told = secrets.filter((secret) => text.includes(secret)).map((secret) => `holds the secret ${secret.slice(0, 12)}...`)
    return [...wrongs(item, owners, gone), ...told].map((wrong) => `${item.pk} ${item.sk} ${wrong}`)
  })
}

/** The forms in which a secret would be one: whole, without what everybody knows of it, and in base64. */
export const formsOf = (secret: string): string[] => {
  const core = secret.replace(/^whsec_/, '').replace(/^rgh_(live|test)_\w{26}_/, '')
  return [secret, core, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2), encodeURIComponent(core)]
}
