import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { PLATFORM, sk, type TenantId, tenantId } from '../platform/table.ts'
import { type TableDeps, type TenantTable, tableFor, type Write } from '../platform/tenant-table.ts'
import { TenantQuota } from './quota-record.ts'
import { DirectoryEntry, TenantRecord } from './record.ts'
import type { Seen } from './view.ts'

/** Tenants that a page looks at at once: each takes credentials of its own. */
const AT_ONCE = 10

const recordIn = async (table: Pick<TenantTable, 'get'>): Promise<TenantRecord | undefined> =>
  TenantRecord.optional().parse(await table.get(sk.tenant))

/** A tenant's record with what it uses. Of a deleted one DynamoDB takes each away in its own time: without both there is none. */
export async function seenIn(table: Pick<TenantTable, 'get'>): Promise<Seen | undefined> {
  const [record, quota] = await Promise.all([recordIn(table), table.get(sk.quota)])
  return record && quota !== undefined ? { record, quota: TenantQuota.parse(quota) } : undefined
}

/** Puts the record in the place of one that nobody has changed since. */
export const replacement = (before: TenantRecord, after: TenantRecord): Write => ({
  kind: 'put',
  sk: sk.tenant,
  item: after,
  when: { condition: '#version = :seen', names: { '#version': 'version' }, values: { ':seen': before.version } },
})

/** Holds while the tenant is there to stay: for what must not be left behind by a tenant that goes. */
export const staying = ({ evenSuspended }: { evenSuspended: boolean }): Write => ({
  kind: 'check',
  sk: sk.tenant,
  condition: `#state IN (:active${evenSuspended ? ', :suspended' : ''})`,
  names: { '#state': 'state' },
  values: { ':active': 'active', ...(evenSuspended ? { ':suspended': 'suspended' } : {}) },
})

/** Remembers tenants. */
export const tenantStore = (deps: TableDeps) => ({
  get: (tenant: TenantId): Promise<TenantRecord | undefined> => recordIn(tableFor(deps, tenant)),
  look: (tenant: TenantId): Promise<Seen | undefined> => seenIn(tableFor(deps, tenant)),
  entry: async (tenant: TenantId): Promise<DirectoryEntry | undefined> =>
    DirectoryEntry.optional().parse(await tableFor(deps, PLATFORM).get(sk.directory(tenant))),
  /** Newest first, without the deleted ones and those that are only just being made. */
  list: async (page: PageRequest): Promise<PageOf<Seen>> => {
    const found = await readPage(tableFor(deps, PLATFORM), { prefix: sk.directory(''), newestFirst: true }, page, (item) => {
      const entry = DirectoryEntry.parse(item)
      return entry.deleted_at === undefined ? entry : undefined
    })
    const seen = await sideBySide(found.items, ({ id }) => seenIn(tableFor(deps, tenantId(id))), AT_ONCE)
    return { ...found, items: seen.filter((each) => each !== undefined) }
  },
})
