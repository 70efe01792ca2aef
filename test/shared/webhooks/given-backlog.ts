import type { TenantId } from '../../../shared/platform/table.ts'
import { isCounted } from '../../../shared/webhooks/backlog.ts'
import { deliveryId } from '../../../shared/webhooks/delivery-store.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryRecord, type EventItem, WebhookRecord } from '../../../shared/webhooks/record.ts'
import { type Cell, givenEvent } from './given.ts'
import { itemsOf } from './given-delivery.ts'

type Deps = Cell['deps']

/** Makes only ids of events whose delivery to the webhook is one of those that are counted, or one of the others. */
export function idsFor(deps: Deps, webhookId: string, counted: boolean): Deps['newId'] {
  const eventId = (): string => {
    for (;;) {
      const id = deps.newId('event')
      if (isCounted(deliveryId(id, webhookId)) === counted) return id
    }
  }
  return (kind) => (kind === 'event' ? eventId() : deps.newId(kind))
}

export const givenEventFor = (deps: Deps, tenant: TenantId, webhookId: string, counted: boolean): Promise<EventItem> =>
  givenEvent({ ...deps, newId: idsFor(deps, webhookId, counted) }, tenant)

/** As if there were 128 times as many events, of which these are the ones that count. */
export async function happen(deps: Deps, tenant: TenantId, webhookId: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await publish(deps, await givenEventFor(deps, tenant, webhookId, true))
}

/** What the webhook counts, and what it should. */
export async function counts(deps: Deps, tenant: TenantId, webhookId: string) {
  const [webhook] = (await itemsOf(deps, tenant, `WHK#${webhookId}`)).map((item) => WebhookRecord.parse(item))
  const deliveries = (await itemsOf(deps, tenant, `DLV#${webhookId}`)).map((item) => DeliveryRecord.parse(item))
  const waiting = deliveries.filter(({ id, state }) => state === 'pending' && isCounted(id))
  return { counted: webhook?.waiting_counted ?? 0, waiting: waiting.length, marked: deliveries.filter(({ counted }) => counted).length }
}
