import type { ClusterFilter, ClusterSort } from '../contract/cluster-query.ts'
import { idsAt } from '../platform/ids.ts'
import { type PageOf, type PageRequest, type Range, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { MOST_BY_NAME, pageByName, tooMany } from './by-name.ts'
import { isWanted } from './filter.ts'
import { ClusterRecord } from './record.ts'

/** Milliseconds. An id is made a moment before or after the time that its cluster says it was created at. */
const SLACK = 1_000

/** Ids sort by when they were made: what lies outside of these moments is not read. */
function rangeOf({ created_after, created_before }: ClusterFilter, newestFirst: boolean): Range {
  const first = created_after === undefined ? undefined : idsAt('cluster', Date.parse(created_after) - SLACK)
  const last = created_before === undefined ? undefined : idsAt('cluster', Date.parse(created_before) + SLACK)
  const [from, to] = newestFirst ? [last, first] : [first, last]
  return { prefix: sk.cluster(''), newestFirst, from, to }
}

async function listByName(deps: TableDeps, tenant: TenantId, page: PageRequest, filter: ClusterFilter, descending: boolean) {
  const table = tableFor(deps, tenant)
  const range = rangeOf(filter, false)
  const found: ClusterRecord[] = []
  let read = 0
  let after = range.from
  do {
    const part = await readPage(table, range, { limit: 100, ...(after === undefined ? {} : { after }) }, (item) =>
      ClusterRecord.parse(item),
    )
    read += part.items.length
    if (read > MOST_BY_NAME) throw tooMany()
    found.push(...part.items.filter((cluster) => isWanted(filter, cluster)))
    after = part.next
  } while (after !== undefined)
  return pageByName(found, page, descending)
}

/** One page of the clusters that are wanted. A page that passed many over may be short, and has a cursor all the same. */
export async function listClusters(
  deps: TableDeps,
  tenant: TenantId,
  page: PageRequest,
  filter: ClusterFilter = {},
  sort: ClusterSort = '-created_at',
): Promise<PageOf<ClusterRecord>> {
  if (sort === 'name' || sort === '-name') return listByName(deps, tenant, page, filter, sort === '-name')
  return readPage(tableFor(deps, tenant), rangeOf(filter, sort === '-created_at'), page, (item) => {
    const cluster = ClusterRecord.parse(item)
    return isWanted(filter, cluster) ? cluster : undefined
  })
}
