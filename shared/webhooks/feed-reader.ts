import * as z from 'zod'
import { type EventType, FeedEvent } from '../contract/event.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type Page, type TableDeps, type TenantTable, tableFor } from '../platform/tenant-table.ts'

export interface FeedFilter {
  /** Only events of a higher position. */
  after?: number | undefined
  type?: EventType | undefined
  cluster_id?: string | undefined
}

const Placed = z.looseObject({ sk: z.string(), position: z.int() })
const positionsOf = (page: Page): number[] => page.items.map((item) => Placed.parse(item).position)

/** Whether entries are missing between this position and the last that was read. */
const hasHole = (from: number, positions: number[]): boolean => positions.some((position, i) => position !== (positions[i - 1] ?? from) + 1)

/**
 * A query is no snapshot: it may pass the place of an entry before that is written, and then find its successor, which was
 * written later. Whatever stands before an entry that was seen is there by now, so a second look settles it; what is still
 * missing then has expired. Of the second look only what the first one reached counts.
 */
export function withoutHoles(table: Pick<TenantTable, 'query'>): Pick<TenantTable, 'query'> {
  return {
    query: async (input) => {
      const first = await table.query(input)
      const from = Number(input.after?.slice(input.prefix.length) ?? 0)
      const positions = positionsOf(first)
      const reached = positions.at(-1)
      if (reached === undefined || !hasHole(from, positions)) return first
      const second = await table.query(input)
      const items = second.items.filter((item) => Placed.parse(item).position <= reached)
      return items.length === second.items.length ? second : { items, last: sk.feedEntry(Math.max(...positionsOf({ items }))) }
    },
  }
}

/**
 * The events of all clusters and webhooks in the order of the tenant's feed. Every page that has events says where to go
 * on: a reader keeps its place and asks again.
 */
export async function readFeed(deps: TableDeps, tenant: TenantId, filter: FeedFilter, page: PageRequest): Promise<PageOf<FeedEvent>> {
  const start = filter.after === undefined ? {} : { after: sk.feedEntry(filter.after).slice(sk.feedEntries.length) }
  const take = (item: unknown): FeedEvent | undefined => {
    const event = FeedEvent.parse(item)
    const fits = (filter.type ?? event.type) === event.type && (filter.cluster_id ?? event.cluster_id) === event.cluster_id
    return fits ? event : undefined
  }
  const found = await readPage(withoutHoles(tableFor(deps, tenant)), { prefix: sk.feedEntries }, { ...start, ...page }, take)
  return { ...found, ...(found.next === undefined && found.last !== undefined ? { next: found.last } : {}) }
}
