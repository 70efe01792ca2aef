import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { everyPage } from '../platform/pages.ts'
import { apiKeyKey, sk, type TenantId } from '../platform/table.ts'
import { type OwnTableDeps, type TableDeps, type TenantTable, tableFor } from '../platform/tenant-table.ts'
import { KeyEntry, KeyRecord } from './key-record.ts'

const LONGEST_QUERY = 100

export const keyEntryIn = async (table: Pick<TenantTable, 'get'>, keyId: string): Promise<KeyEntry | undefined> =>
  KeyEntry.optional().parse(await table.get(sk.key(keyId)))

/** Newest first. */
export const keyPage = (deps: TableDeps, tenant: TenantId, page: PageRequest): Promise<PageOf<KeyEntry>> =>
  readPage(tableFor(deps, tenant), { prefix: sk.key(''), newestFirst: true }, page, (item) => KeyEntry.parse(item))

/** Those that are no longer good too, for as long as they are kept. */
export const allKeys = (deps: TableDeps, tenant: TenantId): Promise<KeyEntry[]> =>
  everyPage((after) => keyPage(deps, tenant, { limit: LONGEST_QUERY, ...(after === undefined ? {} : { after }) }))

/** Looks keys up, before it is known whose they are. */
export const keyLookup = ({ ownDocuments, tableName: TableName }: OwnTableDeps) => ({
  /** Read consistently: a key that was revoked is refused from then on. */
  get: async (keyId: string): Promise<KeyRecord | undefined> => {
    const answer = await ownDocuments.send(new GetCommand({ TableName, Key: apiKeyKey(keyId), ConsistentRead: true }))
    return z.optional(KeyRecord).parse(answer.Item)
  },
})
