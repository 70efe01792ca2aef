import * as z from 'zod'
import { sk, type TenantId } from '../platform/table.ts'
import { TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import type { EventItem } from './record.ts'
import type { StoreDeps } from './store.ts'

const Feed = z.object({ sequence: z.int() })
/** Others number the same tenant's events at the same moment only when the stream is read twice over. */
const ATTEMPTS = 8

/**
 * Gives the event the next number of its tenant's feed, once: counter, entry and a mark on the event in one transaction.
 * The stream's order is loose, so the feed has an order of its own, without gaps; a reader that has seen number n will
 * never find a new entry below it.
 */
export async function appendToFeed(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<void> {
  const table = tableFor(deps, tenant)
  for (let attempt = 1; ; attempt += 1) {
    const seen = Feed.optional().parse(await table.get(sk.feed))?.sequence ?? 0
    try {
      return await table.transact(writes(event, seen))
    } catch (error) {
      // The mark is there (or the event has passed away): a record that came again.
      if (error instanceof TransactionRefused && error.reasons[0] === 'ConditionalCheckFailed') return
      if (!overtaken(error) || attempt === ATTEMPTS) throw error
    }
    await deps.clock.sleep(Math.random() * 10 * 2 ** attempt)
  }
}

const OVERTAKEN = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])
const overtaken = (error: unknown): boolean => error instanceof TransactionRefused && error.reasons.every((reason) => OVERTAKEN.has(reason))

function writes(event: EventItem, seen: number) {
  const next = seen + 1
  const { pk: _pk, sk: eventKey, ...entry } = event
  return [
    {
      kind: 'update' as const,
      sk: eventKey,
      update: 'SET feed_sequence = :next',
      condition: 'attribute_exists(sk) AND attribute_not_exists(feed_sequence)',
      values: { ':next': next },
    },
    {
      kind: 'update' as const,
      sk: sk.feed,
      update: 'SET #sequence = :next',
      condition: seen === 0 ? 'attribute_not_exists(#sequence)' : '#sequence = :seen',
      names: { '#sequence': 'sequence' },
      values: { ':next': next, ...(seen === 0 ? {} : { ':seen': seen }) },
    },
    {
      kind: 'put' as const,
      sk: sk.feedEntry(next),
      item: { ...entry, feed_sequence: next },
      when: { condition: 'attribute_not_exists(sk)' },
    },
  ]
}
