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

/**
 * Reads one page of the items under a prefix. `take` makes of an item what is listed, or undefined to pass it over.
 * Positions are sort keys without the prefix, so that no position leads out of the list.
 */
export async function readPage<T>(
  table: TenantTable,
  range: { prefix: string; newestFirst?: boolean },
  page: PageRequest,
  take: (item: unknown) => T | undefined,
): Promise<PageOf<T>> {
  const items: T[] = []
  let position = page.after
  let last: string | undefined
  const result = (next?: string): PageOf<T> => ({ items, ...(next ? { next } : {}), ...(last ? { last } : {}) })
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    // One more than asked for: it tells whether there is a next page.
    const limit = look === 0 ? page.limit + 1 : NEXT_LOOK
    const found = await table.query({ ...range, limit, ...(position === undefined ? {} : { after: range.prefix + position }) })
    for (const item of found.items) {
      const taken = take(item)
      if (taken !== undefined && items.length === page.limit) return result(position)
      position = Keyed.parse(item).sk.slice(range.prefix.length)
      if (taken === undefined) continue
      items.push(taken)
      last = position
    }
    if (found.last === undefined) return result()
  }
  return result(position)
}
