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
  // Bounded: the last conflict is thrown, and the stream brings the record again.
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

/** The last event of the same cluster or webhook up to that number, unless the feed has it. What was committed earlier can be seen. */
async function unpublishedUpTo(deps: StoreDeps, tenant: TenantId, subject: string, sequence: number): Promise<EventItem | undefined> {
  const query = { prefix: sk.events(subject), after: sk.event(subject, sequence + 1), newestFirst: true, limit: 1 }
  const [last] = (await tableFor(deps, tenant).query(query)).items
  // One that is no event can never be published, and holds up nothing.
  const item = EventItem.safeParse(last)
  return item.success && item.data.position === undefined ? item.data : undefined
}

/**
 * The first event of the same cluster or webhook that the feed lacks, this one if no other. The feed takes them in order, so
 * halving finds it: by at most 34 looks, since a sequence has ten digits, and by one where nothing waits.
 */
async function firstUnpublished(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<EventItem> {
  const subject = subjectOf(event)
  const before = await unpublishedUpTo(deps, tenant, subject, event.sequence - 1)
  if (!before) return event
  let [published, first] = [0, before]
  while (first.sequence - published > 1) {
    const middle = Math.floor((published + first.sequence) / 2)
    const found = await unpublishedUpTo(deps, tenant, subject, middle)
    if (found) first = found
    else published = middle
  }
  return first
}

/** Of those that wait before an event, with one call: what is more has its turn when the stream's record comes again. */
const WAITING_AT_ONCE = 200

/** Publishes what waits before the event. @throws when more of that is left than is done at once */
async function appendWaiting(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<void> {
  const subject = subjectOf(event)
  const first = await firstUnpublished(deps, tenant, event)
  if (first.id === event.id) return
  const query = { prefix: sk.events(subject), after: sk.event(subject, first.sequence - 1), limit: WAITING_AT_ONCE }
  const waiting = (await tableFor(deps, tenant).query(query)).items.flatMap((item) => EventItem.safeParse(item).data ?? [])
  for (const each of waiting) if (each.sequence < event.sequence) await append(deps, tenant, each)
  const left = await unpublishedUpTo(deps, tenant, subject, event.sequence - 1)
  if (left) throw new Error(`events of ${subject} up to ${left.sequence} go into the feed before ${event.sequence}: it comes again`)
}

/**
 * Gives the event the next number of its tenant's feed, once: counter, entry and a mark on the event in one transaction.
 * The stream may show a cluster's events in another order than they happened, or never; those before this one go first, so
 * that the feed has them in order. A reader that has seen number n will never find a new entry below it.
 */
export async function appendToFeed(deps: StoreDeps, tenant: TenantId, event: EventItem): Promise<void> {
  await appendWaiting(deps, tenant, event)
  await append(deps, tenant, event)
}
