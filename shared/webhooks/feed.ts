import * as z from 'zod'
import { subjectOf } from '../contract/event.ts'
import { isoTime } from '../platform/clock.ts'
import { overtaken } from '../platform/conflict.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import { EventItem } from './record.ts'
import type { StoreDeps } from './store.ts'

const Feed = z.object({ position: z.int() })
/** Others number the same tenant's events at the same moment only when the stream is read twice over. */
const ATTEMPTS = 8

/** The position of the last entry; 0 while there is none. */
export const lastPosition = async (deps: StoreDeps, tenant: TenantId): Promise<number> =>
  Feed.optional().parse(await tableFor(deps, tenant).get(sk.feed))?.position ?? 0

async function append(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<void> {
  const table = tableFor(deps, tenant)
  for (let attempt = 1; ; attempt += 1) {
    const seen = await lastPosition(deps, tenant)
    try {
      return await table.transact(writes(event, seen, deps.clock.now()))
    } catch (error) {
      // The mark is there (or the event has passed away): a record that came again.
      if (error instanceof TransactionRefused && error.reasons[0] === 'ConditionalCheckFailed') return
      if (!overtaken(error) || attempt === ATTEMPTS) throw error
    }
    await deps.clock.sleep(Math.random() * 10 * 2 ** attempt)
  }
}

function writes(event: EventItem, seen: number, now: number) {
  const next = seen + 1
  const { pk: _pk, sk: eventKey, ...entry } = event
  return [
    {
      kind: 'update' as const,
      sk: eventKey,
      update: 'SET #position = :next',
      condition: 'attribute_exists(sk) AND attribute_not_exists(#position)',
      names: { '#position': 'position' },
      values: { ':next': next },
    },
    {
      kind: 'update' as const,
      sk: sk.feed,
      update: 'SET #position = :next',
      condition: seen === 0 ? 'attribute_not_exists(#position)' : '#position = :seen',
      names: { '#position': 'position' },
      values: { ':next': next, ...(seen === 0 ? {} : { ':seen': seen }) },
    },
    {
      kind: 'put' as const,
      sk: sk.feedEntry(next),
      item: { ...entry, position: next, published_at: isoTime(now) },
      when: { condition: 'attribute_not_exists(sk)' },
    },
  ]
}

/** The event before it of the same cluster or webhook, unless the feed has that too. It was committed first, so it can be seen. */
async function unpublishedBefore(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<EventItem | undefined> {
  const subject = subjectOf(event)
  const query = { prefix: sk.events(subject), after: sk.event(subject, event.sequence), newestFirst: true, limit: 1 }
  const [before] = (await tableFor(deps, tenant).query(query)).items
  // One that is no event can never be published, and holds up nothing.
  const item = EventItem.safeParse(before)
  return item.success && item.data.position === undefined ? item.data : undefined
}

/**
 * Gives the event the next number of its tenant's feed, once: counter, entry and a mark on the event in one transaction.
 * The stream may show a cluster's events in another order than they happened, or never; those before this one go first, so
 * that the feed has them in order. A reader that has seen number n will never find a new entry below it.
 */
export async function appendToFeed(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<void> {
  const waiting = [event]
  for (let before = await unpublishedBefore(deps, tenant, event); before; before = await unpublishedBefore(deps, tenant, before)) {
    waiting.unshift(before)
  }
  for (const each of waiting) await append(deps, tenant, each)
}
