import { isoTime } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import type { Log } from '../platform/log.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type Change, TransactionRefused, tableFor, type Write } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import type { WebhookRecord } from './record.ts'
import type { StoreDeps } from './store.ts'

/** Deliveries that may wait for one webhook, by estimate. What happens beyond is in the feed, and sent by a recover. */
export const MOST_WAITING = 20_000
/** The same for one whose receiver has failed and not answered well since: well again, it is sent new events at once. */
export const MOST_WAITING_OF_FAILING = 10_000

/**
 * Of so many deliveries one is counted, in the transaction that begins or ends its waiting; the others cost no write for it. Which
 * one, its id tells: its end is a hash. Of 10,000 that wait some 78 are counted, so that the estimate is off by some 11 %.
 */
export const COUNTED_OF = 128
/** Ids end in digits of 32 letters, and the first eight of those are 0 to 7. */
export const isCounted = (deliveryId: string): boolean => /[0-7]0$/.test(deliveryId)

const CONDITION = 'ConditionalCheckFailed'

/**
 * Begins or ends the waiting of a delivery that is counted. Answers whether the delivery was as `write` would have it. A webhook
 * that is gone counts nothing.
 * @param more by how many more, or fewer
 */
export async function transactCounted(
  deps: StoreDeps,
  tenant: TenantId,
  { write, webhookId, more }: { write: Write; webhookId: string; more: 1 | -1 },
): Promise<boolean> {
  const count: Write = {
    kind: 'update',
    sk: sk.webhook(webhookId),
    update: 'ADD waiting_counted :more',
    condition: 'attribute_exists(sk)',
    values: { ':more': more },
  }
  const transact = (writes: Write[]) => pastConflicts(deps.clock, () => tableFor(deps, tenant).transact(writes))
  try {
    await transact([write, count])
    return true
  } catch (error) {
    const [ofDelivery, ofWebhook] = error instanceof TransactionRefused ? error.reasons : []
    if (ofDelivery === CONDITION) return false
    if (ofWebhook !== CONDITION) throw error
  }
  // Nobody else ends a claim, and a delivery that is there already is not put again: what is refused now is an error.
  await transact([write])
  return true
}

/** Whether no more may wait for it. */
export function isFull({ waiting_counted = 0, failing_since }: WebhookRecord): boolean {
  return waiting_counted * COUNTED_OF >= (failing_since === undefined ? MOST_WAITING : MOST_WAITING_OF_FAILING)
}

/** Full again within so long, it has been full since the first time: one moment for a recover of all that was left out. */
const SAME_MS = 86_400_000

const isNoted = ({ backlog_full_since, backlog_full_until }: WebhookRecord): boolean =>
  backlog_full_since !== undefined && backlog_full_until === undefined

function began({ backlog_full_until: until }: WebhookRecord, at: string): Change {
  const condition = 'attribute_exists(sk) AND (attribute_not_exists(backlog_full_since) OR attribute_exists(backlog_full_until))'
  if (until !== undefined && Date.parse(at) - Date.parse(until) < SAME_MS) return { update: 'REMOVE backlog_full_until', condition }
  return { update: 'SET backlog_full_since = :at REMOVE backlog_full_until', condition, values: { ':at': at } }
}

const ended = (at: string): Change => ({
  update: 'SET backlog_full_until = :at',
  condition: 'attribute_exists(backlog_full_since) AND attribute_not_exists(backlog_full_until)',
  values: { ':at': at },
})

/**
 * Whether the webhook is sent an event. Its tenant is shown since when it is not, and since when again: written before the first
 * event that is left out, and before the first that is not.
 * @param webhook as it was read for that event
 */
export async function takesEvent(
  deps: StoreDeps & { log: Log },
  tenant: TenantId,
  webhook: WebhookRecord,
  event: { created_at: string },
): Promise<boolean> {
  const full = isFull(webhook)
  if (full === isNoted(webhook)) return !full
  const change = full ? began(webhook, event.created_at) : ended(isoTime(deps.clock.now()))
  await tableFor(deps, tenant).update(sk.webhook(webhook.id), change).catch(unlessRefused)
  deps.log.warn(full ? 'events are left out for a webhook' : 'events go to a webhook again', { tenant_id: tenant, webhook_id: webhook.id })
  return !full
}
