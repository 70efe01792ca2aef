import { everyPage } from './pages.ts'
import type { TenantTable } from './tenant-table.ts'

/** All items of a tenant under a prefix of the sort key, in its order. */
export const readAll = <T>(table: TenantTable, prefix: string, parse: (item: unknown) => T): Promise<T[]> =>
  everyPage(async (after) => {
    const { items, last } = await table.query({ prefix, ...(after === undefined ? {} : { after }) })
    return { items: items.map(parse), next: last }
  })
