import { ID_PREFIXES, type IdKind } from './ids.ts'

/**
 * Keys of the one table. They are built here and nowhere else; every tenant's items share its partition, so that
 * `dynamodb:LeadingKeys` can fence it.
 */
declare const brand: unique symbol
/** A tenant's id that the edge has authenticated (or that a stream record's own key carries). Only `tenantId` makes one. */
export type TenantId = string & { readonly [brand]: 'TenantId' }
export const tenantId = (checked: string): TenantId => checked as TenantId

/** The session tag that names the tenant whose credentials these are: roles compare it with the partition. */
export const TENANT_TAG = 'tenant'

/** Whose partition holds what the platform itself asked for: it is no tenant's. */
export const PLATFORM = tenantId('platform')

export interface Key {
  pk: string
  sk: string
}

const padded = (n: number, width: number): string => String(n).padStart(width, '0')
export const tenantPartition = (tenant: TenantId): string => `T#${tenant}`
/** Whose partition a key of the stream or of an index is in; `undefined` outside the tenants' partitions. */
export const tenantOf = (partition: string): TenantId | undefined =>
  partition.startsWith('T#') ? tenantId(partition.slice('T#'.length)) : undefined

/** Sort keys within a tenant's partition. */
export const sk = {
  tenant: 'TENANT',
  quota: 'QUOTA',
  feed: 'FEED',
  cluster: (id: string) => `CLUSTER#${id}`,
  node: (cluster: string, ordinal: number) => `NODE#${cluster}#${padded(ordinal, 4)}`,
  nodes: (cluster: string) => `NODE#${cluster}#`,
  allNodes: 'NODE#',
  operation: (id: string) => `OP#${id}`,
  idempotency: (hash: string) => `IDEM#${hash}`,
  /** Of a cluster or a webhook. */
  event: (subject: string, sequence: number) => `EVT#${subject}#${padded(sequence, 10)}`,
  events: (subject: string) => `EVT#${subject}#`,
  feedEntry: (position: number) => `FEED#${padded(position, 12)}`,
  feedEntries: 'FEED#',
  webhook: (id: string) => `WHK#${id}`,
  audit: (id: string) => `AUDIT#${id}`,
  rate: 'RATE',
  waiter: (place: number) => `WAIT#${place}`,
  waiters: 'WAIT#',
  /** What a tenant is shown of an API key: the key itself stands where it can be looked up. */
  key: (id: string) => `APIKEY#${id}`,
  /** In the platform's own partition: one entry for each tenant. */
  directory: (tenant: string) => `TENANT#${tenant}`,
  delivery: (webhook: string, id: string) => `DLV#${webhook}#${id}`,
  deliveries: (webhook: string) => `DLV#${webhook}#`,
  allDeliveries: 'DLV#',
  /** Who sends to a webhook right now. */
  slots: (webhook: string) => `SLOTS#${webhook}`,
} as const

/** The id in a cluster's sort key. */
export const clusterOf = (sortKey: string): string => sortKey.slice(sk.cluster('').length)

/** What a delivery's sort key is made of. */
export function deliveryOf(sortKey: string): { webhook_id: string; id: string } {
  const [, webhook_id = '', id = ''] = sortKey.split('#')
  return { webhook_id, id }
}

export const tenantKey = (tenant: TenantId, sortKey: string): Key => ({ pk: tenantPartition(tenant), sk: sortKey })
/** API keys stand outside the tenants' partitions: they are what tells the tenant. */
export const apiKeyKey = (keyId: string): Key => ({ pk: `KEY#${keyId}`, sk: 'KEY' })

/** Who may ask AWS when for what is rarely allowed: outside the tenants' partitions. */
export const TURNS: Key = { pk: 'TURNS', sk: 'TURNS' }

/** The sparse index of what is due: `due_pk` is one of these, `due_at` the moment (RFC 3339). */
export const DUE_INDEX = 'due'
export const DUE_SHARDS = 4
/** What may be due. Each kind has shards of its own: a flood of one hides no other. */
export const DUE_KINDS = ['cluster', 'delivery', 'tenant', 'key'] as const satisfies IdKind[]
export type DueKind = (typeof DUE_KINDS)[number]

/** @param id of one of those kinds, which its prefix tells */
export function dueShard(id: string): string {
  const shard = [...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7) % DUE_SHARDS
  return `DUE#${id.slice(0, id.indexOf('_'))}#${shard}`
}
export const dueShards = (kind: DueKind): string[] => Array.from({ length: DUE_SHARDS }, (_, i) => `DUE#${ID_PREFIXES[kind]}#${i}`)
