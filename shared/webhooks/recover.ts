import * as z from 'zod'
import type { Recovered, Recovery } from '../contract/delivery.ts'
import { refusal } from '../contract/errors.ts'
import { FeedEvent } from '../contract/event.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import { assertTakes, stillEnabled } from './deliveries.ts'
import { deliveryId, deliveryStore } from './delivery-store.ts'
import { lastPosition } from './feed.ts'
import { withoutHoles } from './feed-reader.ts'
import { type AskedFor, asked, askedAgain, newDelivery } from './new-delivery.ts'
import type { WebhookRecord } from './record.ts'
import { existingWebhook } from './service.ts'
import { type StoreDeps, wants } from './store.ts'

/** A transaction holds 100 writes; a few are for the webhook, the audit trail and the idempotency record. */
export const RECOVERED_AT_ONCE = 90
/** Entries of the feed that one request looks at. */
const LOOKED_AT = 500
const CHUNK = 100
/** By how much the clocks of two functions may differ. */
const SKEW_MS = 60_000

const Entry = FeedEvent.extend({ tenant_id: z.string(), published_at: z.string() })
type Entry = z.infer<typeof Entry>

/**
 * The position before the first entry that was put in the feed at or after the moment: an event is put there after it
 * happened. Looks at some 20 entries of a million. What has expired counts as older.
 */
async function positionBefore(deps: StoreDeps, tenant: TenantId, moment: string): Promise<number> {
  let [older, newer] = [0, (await lastPosition(deps, tenant)) + 1]
  while (newer - older > 1) {
    const middle = Math.floor((older + newer) / 2)
    const entry = Entry.optional().parse(await tableFor(deps, tenant).get(sk.feedEntry(middle)))
    if (entry === undefined || entry.published_at < moment) older = middle
    else newer = middle
  }
  return older
}

/** What has to be written so that the event is sent, or sent again; nothing when it is under way or has arrived. */
async function writeFor(deps: StoreDeps, tenant: TenantId, webhook: WebhookRecord, entry: Entry): Promise<AskedFor | undefined> {
  const now = deps.clock.now()
  const which = { webhook_id: webhook.id, id: deliveryId(entry.id, webhook.id) }
  const before = await deliveryStore(deps).get(tenant, which)
  if (!before) return asked(newDelivery(entry, webhook.id, now), now)
  return before.state === 'failed' || before.state === 'abandoned' ? askedAgain(before, now) : undefined
}

interface Found {
  begun: AskedFor[]
  /** Where to go on; absent at the end of the feed. */
  next?: number
}

/** Goes through the feed until there is enough to do, or enough was looked at. */
async function lost(deps: StoreDeps, tenant: TenantId, webhook: WebhookRecord, since: string, after: number): Promise<Found> {
  const feed = withoutHoles(tableFor(deps, tenant))
  const begun: AskedFor[] = []
  let position = after
  for (let looked = 0; looked < LOOKED_AT; looked += CHUNK) {
    const page = await feed.query({ prefix: sk.feedEntries, after: sk.feedEntry(position), limit: CHUNK })
    const entries = z.array(Entry).parse(page.items)
    const wanted = entries.filter((entry) => entry.created_at >= since && entry.webhook_id !== webhook.id && wants(webhook, entry.type))
    const found = await sideBySide(wanted, (entry) => writeFor(deps, tenant, webhook, entry))
    for (const [i, each] of found.entries()) {
      if (each === undefined) continue
      if (begun.length === RECOVERED_AT_ONCE) return { begun, next: (wanted[i]?.position ?? 1) - 1 }
      begun.push(each)
    }
    position = entries.at(-1)?.position ?? position
    if (page.last === undefined) return { begun }
  }
  return { begun, next: position }
}

/** @throws out_of_range */
function assertPast(since: string, now: number): void {
  if (Date.parse(since) <= now + SKEW_MS) return
  const detail = 'since is in the future: nothing has happened by then'
  throw refusal([{ in: 'body', pointer: '/since', code: 'out_of_range', detail }])
}

async function recover(deps: StoreDeps, tenant: TenantId, id: string, body: Recovery, act?: Act<Recovered>): Promise<Committed<Recovered>> {
  return commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const webhook = await existingWebhook(deps, tenant, id)
    assertPast(body.since, deps.clock.now())
    assertTakes(webhook)
    const after = body.after ?? (await positionBefore(deps, tenant, isoTime(Date.parse(body.since) - SKEW_MS)))
    const { begun, next } = await lost(deps, tenant, webhook, body.since, after)
    const result = { redelivered: begun.length, ...(next === undefined ? {} : { next_after: next }) }
    return { result, writes: begun.length === 0 ? [] : [...begun.map(({ write }) => write), stillEnabled(id, begun)] }
  })
}

/** Sends a webhook what it has not received. */
export const recoveryService = (deps: StoreDeps) => ({
  /**
   * All at once or, when a delivery changes at that moment, looked for anew: of two at the same time nothing is sent twice.
   * Events that a delivery is under way for, or has arrived by, are left alone.
   */
  recover: (tenant: TenantId, webhookId: string, body: Recovery, act?: Act<Recovered>) => recover(deps, tenant, webhookId, body, act),
})
