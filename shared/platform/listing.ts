import * as z from 'zod'
import type { TenantTable } from './tenant-table.ts'

export interface PageRequest {
  /** The position to go on after. */
  after?: string
  limit: number
}
export interface PageOf<T> {
  items: T[]
  /** The position to go on after; absent at the end. */
  next?: string
  /** The position of the last item of this page. */
  last?: string
}

/** Queries that one page makes at most when items are passed over; then it stays short. */
const MAX_LOOKS = 10
const NEXT_LOOK = 100

const Keyed = z.looseObject({ sk: z.string() })

/** The items under a prefix, all of them or from one position to another. */
export interface Range {
  prefix: string
  newestFirst?: boolean
  /** The first page goes on after it. */
  from?: string | undefined
  /** Nothing beyond it is looked at. */
  to?: string | undefined
}

const isBeyond = (position: string, { to, newestFirst = false }: Range): boolean =>
  to !== undefined && (newestFirst ? position < to : position > to)

/**
 * Reads one page of the items under a prefix. `take` makes of an item what is listed, or undefined to pass it over.
 * Positions are sort keys without the prefix, so that no position leads out of the list.
 */
export async function readPage<T>(
  table: Pick<TenantTable, 'query'>,
  range: Range,
  page: PageRequest,
  take: (item: unknown) => T | undefined,
): Promise<PageOf<T>> {
  const items: T[] = []
  const { prefix, newestFirst = false } = range
  let position = page.after ?? range.from
  let last: string | undefined
  const result = (next?: string): PageOf<T> => ({ items, ...(next ? { next } : {}), ...(last ? { last } : {}) })
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    // One more than asked for: it tells whether there is a next page.
    const limit = look === 0 ? page.limit + 1 : NEXT_LOOK
    const found = await table.query({ prefix, newestFirst, limit, ...(position === undefined ? {} : { after: prefix + position }) })
    for (const item of found.items) {
      const here = Keyed.parse(item).sk.slice(prefix.length)
      if (isBeyond(here, range)) return result()
      const taken = take(item)
      if (taken !== undefined && items.length === page.limit) return result(position)
      position = here
      if (taken === undefined) continue
      items.push(taken)
      last = position
    }
    if (found.last === undefined) return result()
  }
  return result(position)
}
