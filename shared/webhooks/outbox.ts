import { Event } from '../contract/event.ts'
import { isoTime } from '../platform/clock.ts'
import type { Queue } from '../platform/queue.ts'
import { dueShard, type TenantId, tenantOf } from '../platform/table.ts'
import { deliveryId, deliveryStore, SAFETY_MS } from './delivery-store.ts'
import { appendToFeed } from './feed.ts'
import type { DeliveryMessage, DeliveryRecord, EventItem } from './record.ts'
import { type StoreDeps, webhookStore } from './store.ts'

export type OutboxDeps = StoreDeps & { queue: Queue }

/** Deliveries and their attempts can be read for as long. */
const KEPT_SECONDS = 30 * 86_400

function newDelivery(event: EventItem, webhookId: string, now: number): DeliveryRecord {
  const id = deliveryId(event.id, webhookId)
  return {
    tenant_id: event.tenant_id,
    id,
    webhook_id: webhookId,
    event: Event.parse(event),
    state: 'pending',
    attempts: [],
    next_attempt_at: isoTime(now),
    due_pk: dueShard(id),
    due_at: isoTime(now + SAFETY_MS),
    created_at: isoTime(now),
    updated_at: isoTime(now),
    expires: Math.floor(now / 1000) + KEPT_SECONDS,
  }
}

/** Makes one delivery by webhook that wants the event and puts it on the queue. */
async function announce(deps: OutboxDeps, event: EventItem, tenant: TenantId): Promise<void> {
  const webhooks = await webhookStore(deps).subscribers(tenant, event.type)
  const deliveries = deliveryStore(deps)
  await Promise.all(
    webhooks.map(async (webhook) => {
      const delivery = newDelivery(event, webhook.id, deps.clock.now())
      await deliveries.add(tenant, delivery)
      // Also when it was there: the record may have come again because the sending had failed. A second message claims nothing.
      await deps.queue.send({ tenant_id: tenant, delivery_id: delivery.id } satisfies DeliveryMessage)
    }),
  )
}

/** Publishes one event, to the tenant's feed and to its webhooks. May be called any number of times for the same event. */
export async function publish(deps: OutboxDeps, event: EventItem): Promise<void> {
  const tenant = tenantOf(event.pk)
  if (!tenant) throw new Error(`event ${event.id} is outside the tenants' partitions`)
  await Promise.all([appendToFeed(deps, tenant, event), announce(deps, event, tenant)])
}
