import type { Log } from '../platform/log.ts'
import type { Queue } from '../platform/queue.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { type TenantId, tenantOf } from '../platform/table.ts'
import { takesEvent } from './backlog.ts'
import { deliveryStore } from './delivery-store.ts'
import { appendToFeed } from './feed.ts'
import { newDelivery } from './new-delivery.ts'
import type { AskedDelivery, DeliveryMessage, EventItem } from './record.ts'
import { type StoreDeps, webhookStore } from './store.ts'

export type OutboxDeps = StoreDeps & { queue: Queue; log: Log }

/** Makes one delivery by webhook that wants the event and has room for it, and puts it on the queue. */
async function announce(deps: OutboxDeps, tenant: TenantId, event: EventItem): Promise<void> {
  const webhooks = await webhookStore(deps).subscribers(tenant, event.type)
  const deliveries = deliveryStore(deps)
  await sideBySide(webhooks, async (webhook) => {
    if (!(await takesEvent(deps, tenant, webhook, event))) return
    const delivery = newDelivery(event, webhook.id, deps.clock.now())
    await deliveries.add(tenant, delivery)
    // Also when it was there: the record may have come again because the sending had failed. A second message claims nothing.
    await deps.queue.send({ tenant_id: tenant, webhook_id: webhook.id, delivery_id: delivery.id } satisfies DeliveryMessage)
  })
}

/** Publishes one event, to the tenant's feed and to its webhooks. May be called any number of times for the same event. */
export async function publish(deps: OutboxDeps, event: EventItem): Promise<void> {
  const tenant = tenantOf(event.pk)
  if (!tenant) throw new Error(`event ${event.id} is outside the tenants' partitions`)
  await sideBySide([appendToFeed, announce], (part) => part(deps, tenant, event))
}

/** Puts a delivery that the API asked for on the queue. */
export const dispatch = ({ queue }: Pick<OutboxDeps, 'queue'>, { tenant_id, webhook_id, id }: AskedDelivery): Promise<void> =>
  queue.send({ tenant_id, webhook_id, delivery_id: id } satisfies DeliveryMessage)
