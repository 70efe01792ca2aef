import * as z from 'zod'
import { Actor } from '../contract/audit.ts'
import { type Key, KeyMode, TenantScope } from '../contract/key.ts'

const kept = {
  key_id: z.string(),
  /** SHA-256 of the whole key, in hex. */
  hash: z.string(),
  expires_at: z.string().optional(),
  revoked_at: z.string().optional(),
  /** Seconds since the epoch: DynamoDB's TTL, for what is no longer good. */
  expires: z.int().optional(),
}

/** `KEY#<id>`: a tenant's key or the platform's. It stands outside the tenants' partitions: it is what tells the tenant. */
export const KeyRecord = z.union([
  z.object({ ...kept, platform: z.literal(true) }),
  z.object({ ...kept, tenant_id: z.string(), scopes: z.array(TenantScope) }),
])
export type KeyRecord = z.infer<typeof KeyRecord>

/** `APIKEY#<id>`, in the partition of whose key it is: what there is to say of it. */
export const KeyEntry = z.object({
  tenant_id: z.string(),
  id: z.string(),
  name: z.string().optional(),
  /** None: the platform's own. */
  scopes: z.array(TenantScope),
  mode: KeyMode,
  prefix: z.string(),
  last4: z.string(),
  created_at: z.string(),
  /** Absent: an operator, with rights on the table. */
  created_by: Actor.optional(),
  expires_at: z.string().optional(),
  revoked_at: z.string().optional(),
  last_used_at: z.string().optional(),
  rotated_from: z.string().optional(),
  rotated_to: z.string().optional(),
  /** Whether it counts in the tenant's quota. One that has a successor does not: that one does. */
  counted: z.boolean(),
  /** When its count is to be given back. */
  due_pk: z.string().optional(),
  due_at: z.string().optional(),
  expires: z.int().optional(),
})
export type KeyEntry = z.infer<typeof KeyEntry>

export function stateOf({ revoked_at, expires_at }: Pick<KeyEntry, 'revoked_at' | 'expires_at'>, now: number): Key['state'] {
  if (revoked_at !== undefined) return 'revoked'
  return expires_at !== undefined && Date.parse(expires_at) <= now ? 'expired' : 'active'
}

/** What the outside sees. */
export function keyView(entry: KeyEntry, now: number): Key {
  const { counted: _counted, due_pk: _pk, due_at: _at, expires: _expires, ...told } = entry
  return { ...told, state: stateOf(entry, now) }
}
