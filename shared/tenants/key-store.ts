import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { KeyMode, TenantScope } from '../contract/key.ts'
import { apiKeyKey, type TenantId } from '../platform/table.ts'
import { type KeyTableDeps, keyTableFor, type OwnTableDeps } from '../platform/tenant-table.ts'

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

/** Changes API keys, each with the credentials of whose key it is. */
export const keyStore = (deps: KeyTableDeps) => ({
  add: (tenant: TenantId, record: KeyRecord): Promise<void> =>
    keyTableFor(deps, tenant).transact([
      { kind: 'put', keyId: record.key_id, item: record, when: { condition: 'attribute_not_exists(pk)' } },
    ]),
})

/** Looks keys up, before it is known whose they are. */
export const keyLookup = ({ ownDocuments, tableName: TableName }: OwnTableDeps) => ({
  /** Read consistently: a key that was revoked is refused from then on. */
  get: async (keyId: string): Promise<KeyRecord | undefined> => {
    const answer = await ownDocuments.send(new GetCommand({ TableName, Key: apiKeyKey(keyId), ConsistentRead: true }))
    return KeyRecord.optional().parse(answer.Item)
  },
})
