import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { KeyMode, TenantScope } from '../contract/key.ts'
import { apiKeyKey } from '../platform/table.ts'
import type { TableDeps } from '../platform/tenant-table.ts'

const kept = {
  key_id: z.string(),
  /** SHA-256 of the whole key, in hex. */
  hash: z.string(),
  mode: KeyMode,
  name: z.string().optional(),
  created_at: z.string(),
  expires_at: z.string().optional(),
}

/** `KEY#<id>`: a tenant's key or the platform's. It stands outside the tenants' partitions: it is what tells the tenant. */
export const KeyRecord = z.union([
  z.object({ ...kept, platform: z.literal(true), scopes: z.tuple([z.literal('platform')]) }),
  z.object({ ...kept, tenant_id: z.string(), scopes: z.array(TenantScope) }),
])
export type KeyRecord = z.infer<typeof KeyRecord>

/** Remembers API keys. */
export const keyStore = ({ documents, tableName: TableName }: TableDeps) => ({
  add: async (record: KeyRecord): Promise<void> => {
    const Item = { ...record, ...apiKeyKey(record.key_id) }
    await documents.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
  },
  /** Read consistently: a key that was revoked is refused from then on. */
  get: async (keyId: string): Promise<KeyRecord | undefined> => {
    const answer = await documents.send(new GetCommand({ TableName, Key: apiKeyKey(keyId), ConsistentRead: true }))
    return KeyRecord.optional().parse(answer.Item)
  },
})
