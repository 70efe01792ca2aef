import { isoTime } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { MAX_QUEUE_DELAY_MS, type Queue } from '../platform/queue.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import { type AttemptDeps, attempt } from './attempt.ts'
import { type DeliveryOutcome, deliveryStore, SAFETY_MS } from './delivery-store.ts'
import type { Attempt, DeliveryMessage, DeliveryRecord } from './record.ts'
import { afterAttempt, type Verdict } from './schedule.ts'
import { type StoreDeps, webhookStore } from './store.ts'

export interface DeliverDeps extends AttemptDeps, StoreDeps {
  queue: Queue
  log: Log
  /** In [0, 1): spreads retries. */
  random: () => number
}

/** Short waits are the queue's, longer ones the due index's; behind a message the index stands as a safety net. */
const viaQueue = (delayMs: number): boolean => delayMs <= MAX_QUEUE_DELAY_MS

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

async function run(deps: DeliverDeps, tenant: TenantId, delivery: DeliveryRecord): Promise<void> {
  const deliveries = deliveryStore(deps)
  const webhooks = webhookStore(deps)
  const webhook = await webhooks.get(tenant, delivery.webhook_id)
  if (webhook?.state !== 'enabled') {
    await deliveries.settle(tenant, delivery, { state: 'abandoned' }, deps.clock.now())
    return
  }
  const { attempt: made, retryAfter } = await attempt(deps, webhook, delivery)
  const now = deps.clock.now()
  const wait = { now, random: deps.random(), ...(retryAfter === undefined ? {} : { retryAfter }) }
  const verdict = afterAttempt(made, delivery.attempts.length + 1, wait)
  const told = {
    tenant_id: tenant,
    webhook_id: webhook.id,
    delivery_id: delivery.id,
    verdict: verdict.kind,
    status: made.status,
    why: made.error,
  }
  deps.log.info('webhook attempted', told)
  if (verdict.kind === 'gone') {
    await webhooks.disable(tenant, webhook.id, { reason: 'The receiver answered 410 Gone.', at: isoTime(now) })
  }
  const settled = await deliveries.settle(tenant, delivery, outcome(verdict, made, now), now)
  if (!settled) return deps.log.warn('an attempt outlived its claim and is not recorded', told)
  if (verdict.kind === 'retry' && viaQueue(verdict.delayMs)) {
    await deps.queue.send({ tenant_id: tenant, delivery_id: delivery.id } satisfies DeliveryMessage, verdict.delayMs)
  }
}

/**
 * Makes at most one attempt at the delivery that the message names. A message for one that is over, in another's hands or
 * not yet due is done with: the due index brings back whatever is still open.
 */
export async function deliver(deps: DeliverDeps, message: DeliveryMessage): Promise<void> {
  const tenant = tenantId(message.tenant_id)
  const claimed = await deliveryStore(deps).claim(tenant, message.delivery_id, deps.clock.now())
  if (claimed) await run(deps, tenant, claimed)
  else deps.log.info('nothing to deliver', { ...message })
}
