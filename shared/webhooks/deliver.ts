import type { Attempt } from '../contract/delivery.ts'
import type { Log } from '../platform/log.ts'
import { type Measured, measured } from '../platform/metrics.ts'
import { MAX_QUEUE_DELAY_MS, type Queue } from '../platform/queue.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import { type AttemptDeps, attempt } from './attempt.ts'
import { type DeliveryOutcome, deliveryStore, SAFETY_MS } from './delivery-store.ts'
import { type HealthDeps, noteHealth } from './health.ts'
import type { DeliveryMessage, DeliveryRecord, WebhookRecord } from './record.ts'
import { afterAttempt, busyDelayMs, type Verdict } from './schedule.ts'
import { SLOTS, SLOTS_OF_FAILING, slotStore } from './slots.ts'
import { webhookStore } from './store.ts'

export interface DeliverDeps extends AttemptDeps, HealthDeps {
  queue: Queue
  log: Log
  /** In [0, 1): spreads retries. */
  random: () => number
}

/** Short waits are the queue's, longer ones the due index's; behind a message the index stands as a safety net. */
const viaQueue = (delayMs: number): boolean => delayMs <= MAX_QUEUE_DELAY_MS

const messageOf = (tenant: TenantId, { webhook_id, id }: DeliveryRecord): DeliveryMessage => ({
  tenant_id: tenant,
  webhook_id,
  delivery_id: id,
})

function outcome(verdict: Verdict, made: Attempt, now: number): DeliveryOutcome {
  switch (verdict.kind) {
    case 'succeeded':
      return { state: 'succeeded', attempt: made }
    case 'gone':
    case 'exhausted':
      return { state: 'failed', attempt: made }
    case 'retry': {
      const nextAttemptAt = now + verdict.delayMs
      return {
        state: 'pending',
        attempt: made,
        nextAttemptAt,
        wakeAt: viaQueue(verdict.delayMs) ? nextAttemptAt + SAFETY_MS : nextAttemptAt,
      }
    }
  }
}

const secondsSince = (at: string, now: number): number => Math.max(0, now - Date.parse(at)) / 1000

/** `delivery` is as it was claimed. A late one was held up by us; how long its receiver took to take it says nothing of that. */
const measuresOf = (delivery: DeliveryRecord, made: Attempt, now: number): Measured => ({
  DeliveryLateSeconds: secondsSince(delivery.next_attempt_at ?? made.at, Date.parse(made.at)),
  ...(made.outcome === 'success' ? { DeliverySeconds: secondsSince(delivery.event.created_at, now) } : { AttemptsFailed: 1 }),
})

/** Sends once; the rest is writing down how it went. */
async function run(deps: DeliverDeps, tenant: TenantId, webhook: WebhookRecord, delivery: DeliveryRecord): Promise<void> {
  const { attempt: made, retryAfter } = await attempt(deps, webhook, delivery)
  const now = deps.clock.now()
  const wait = { now, random: deps.random(), ...(retryAfter === undefined ? {} : { retryAfter }) }
  const verdict = afterAttempt(made, delivery.attempts_made + 1, wait)
  const told = {
    tenant_id: tenant,
    webhook_id: webhook.id,
    delivery_id: delivery.id,
    verdict: verdict.kind,
    status: made.status,
    why: made.error,
  }
  deps.log.info('webhook attempted', { ...told, ...measured(now, measuresOf(delivery, made, now)) })
  const settled = await deliveryStore(deps).settle(tenant, delivery, outcome(verdict, made, now), now)
  if (!settled) deps.log.warn('an attempt outlived its claim and is not recorded', told)
  else if (settled.state === 'failed') deps.log.warn('a delivery was given up', { ...told, ...measured(now, { DeliveriesGivenUp: 1 }) })
  await noteHealth(deps, tenant, { webhook, delivery, made })
  if (settled && verdict.kind === 'retry' && viaQueue(verdict.delayMs)) {
    await deps.queue.send(messageOf(tenant, delivery), verdict.delayMs)
  }
}

/** Nothing more is sent to what is disabled or deleted. */
async function abandon(deps: DeliverDeps, tenant: TenantId, which: { webhook_id: string; id: string }): Promise<void> {
  const now = deps.clock.now()
  const claimed = await deliveryStore(deps).claim(tenant, which, now)
  if (claimed) await deliveryStore(deps).settle(tenant, claimed, { state: 'abandoned' }, now)
}

/** All that may be under way to this receiver is: later. */
async function postpone(deps: DeliverDeps, tenant: TenantId, which: { webhook_id: string; id: string }, postponed: number): Promise<void> {
  const now = deps.clock.now()
  const delay = busyDelayMs(postponed, deps.random())
  const put = await deliveryStore(deps).postpone(tenant, which, now, now + delay)
  if (put) await deps.queue.send({ ...messageOf(tenant, put), postponed: postponed + 1 } satisfies DeliveryMessage, delay)
}

/**
 * Makes at most one attempt at the delivery that the message names. A message for one that is over, in another's hands or
 * not yet due is done with: the due index brings back whatever is still open.
 */
export async function deliver(deps: DeliverDeps, message: DeliveryMessage): Promise<void> {
  const tenant = tenantId(message.tenant_id)
  const which = { webhook_id: message.webhook_id, id: message.delivery_id }
  const slots = slotStore(deps)
  const [webhook, seen] = await Promise.all([webhookStore(deps).get(tenant, which.webhook_id), slots.look(tenant, which.webhook_id)])
  if (webhook?.state !== 'enabled') return abandon(deps, tenant, which)
  const most = webhook.failing_since ? SLOTS_OF_FAILING : SLOTS
  const slot = await slots.take(tenant, webhook.id, { most, now: deps.clock.now(), seen })
  if (!slot) return postpone(deps, tenant, which, message.postponed ?? 0)
  try {
    const claimed = await deliveryStore(deps).claim(tenant, which, deps.clock.now())
    if (claimed) await run(deps, tenant, webhook, claimed)
    else deps.log.info('nothing to deliver', { ...message })
  } finally {
    await slots.leave(tenant, webhook.id, slot)
  }
}
