import type { Delivery, DeliveryWithAttempts } from '../contract/delivery.ts'
import { AppError } from '../contract/errors.ts'
import type { PushedEvent, PushedType } from '../contract/event.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { tableFor, type Write } from '../platform/tenant-table.ts'
import { isFull } from './backlog.ts'
import { deliveryStore } from './delivery-store.ts'
import { type AskedFor, asked, askedAgain, newDelivery } from './new-delivery.ts'
import { DeliveryRecord, type WebhookRecord } from './record.ts'
import { changeWebhook, existingWebhook } from './service.ts'
import { changed, type StoreDeps } from './store.ts'
import { deliveryView, deliveryWithAttempts } from './view.ts'

export type DeliveriesDeps = StoreDeps & { newId: NewId }

/** @throws webhook_disabled, webhook_backlog_full */
export function assertTakes(webhook: WebhookRecord): void {
  const { id, state } = webhook
  if (state !== 'enabled') throw new AppError('webhook_disabled', `Nothing is sent to the webhook ${id}: enable it first`)
  if (!isFull(webhook)) return
  throw new AppError('webhook_backlog_full', `Too many deliveries to ${id} wait: until fewer do, nothing is added`, {
    headers: { 'retry-after': '60' },
  })
}

/** What is decided of a webhook holds when it is written, and it counts those of the deliveries that are counted. */
export function stillEnabled(id: string, begun: AskedFor[]): Write {
  const counted = begun.filter(({ record }) => record.counted).length
  const enabled = { condition: '#state = :enabled', names: { '#state': 'state' } }
  const values = { ':enabled': 'enabled' }
  if (counted === 0) return { kind: 'check', sk: sk.webhook(id), ...enabled, values }
  return {
    kind: 'update',
    sk: sk.webhook(id),
    update: 'ADD waiting_counted :counted',
    ...enabled,
    values: { ...values, ':counted': counted },
  }
}

const test = (deps: DeliveriesDeps, tenant: TenantId, webhookId: string, act?: Act<Delivery>): Promise<Committed<Delivery>> =>
  changeWebhook(deps, tenant, webhookId, act, (before, now) => {
    assertTakes(before)
    const sequence = before.last_sequence + 1
    const event: PushedEvent & { tenant_id: string } = {
      tenant_id: tenant,
      id: deps.newId('event'),
      type: 'webhook.test',
      webhook_id: webhookId,
      sequence,
      created_at: isoTime(now),
      data: {},
    }
    const { record, write } = asked(newDelivery(event, webhookId, now), now)
    const counts = changed(before, { last_sequence: sequence }, record.counted ? 1 : 0)
    return { result: deliveryView(record), writes: [counts.write, write] }
  })

/** @throws not_found */
async function existing(deps: StoreDeps, tenant: TenantId, webhookId: string, id: string): Promise<[WebhookRecord, DeliveryRecord]> {
  const [webhook, delivery] = await Promise.all([
    existingWebhook(deps, tenant, webhookId),
    deliveryStore(deps).get(tenant, { webhook_id: webhookId, id }),
  ])
  if (!delivery) throw new AppError('not_found', `There is no delivery ${id} to ${webhookId}`)
  return [webhook, delivery]
}

const redeliver = (deps: StoreDeps, tenant: TenantId, webhookId: string, id: string, act?: Act<Delivery>): Promise<Committed<Delivery>> =>
  commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const [webhook, before] = await existing(deps, tenant, webhookId, id)
    if (before.state === 'pending') throw new AppError('delivery_pending', `The delivery ${id} is still under way`)
    assertTakes(webhook)
    const again = askedAgain(before, deps.clock.now())
    return { result: deliveryView(again.record), writes: [again.write, stillEnabled(webhookId, [again])] }
  })

interface Wanted {
  state?: Delivery['state'] | undefined
  type?: PushedType | undefined
}

async function list(deps: StoreDeps, tenant: TenantId, webhookId: string, wanted: Wanted, page: PageRequest): Promise<PageOf<Delivery>> {
  const take = (item: unknown): Delivery | undefined => {
    const record = DeliveryRecord.parse(item)
    const fits = (wanted.state ?? record.state) === record.state && (wanted.type ?? record.event.type) === record.event.type
    return fits ? deliveryView(record) : undefined
  }
  const [, found] = await Promise.all([
    existingWebhook(deps, tenant, webhookId),
    readPage(tableFor(deps, tenant), { prefix: sk.deliveries(webhookId), newestFirst: true }, page, take),
  ])
  return found
}

/** What is, was and will again be sent to a tenant's webhooks. Refusals are AppErrors. */
export const deliveryService = (deps: DeliveriesDeps) => ({
  /** Newest event first. */
  list: (tenant: TenantId, webhookId: string, wanted: Wanted, page: PageRequest) => list(deps, tenant, webhookId, wanted, page),
  get: async (tenant: TenantId, webhookId: string, id: string): Promise<DeliveryWithAttempts> =>
    deliveryWithAttempts((await existing(deps, tenant, webhookId, id))[1]),
  /** Sends `webhook.test` to this webhook alone. */
  test: (tenant: TenantId, webhookId: string, act?: Act<Delivery>) => test(deps, tenant, webhookId, act),
  /** Sends one that is over again, as the same event. */
  redeliver: (tenant: TenantId, webhookId: string, id: string, act?: Act<Delivery>) => redeliver(deps, tenant, webhookId, id, act),
})
