import { isoTime } from '../../../shared/platform/clock.ts'
import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { COUNTED_OF, isCounted, MOST_WAITING, MOST_WAITING_OF_FAILING } from '../../../shared/webhooks/backlog.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { deliveryService } from '../../../shared/webhooks/deliveries.ts'
import { deliveryId } from '../../../shared/webhooks/delivery-store.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { recoveryService } from '../../../shared/webhooks/recover.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import type { Reply } from './given.ts'
import { counts, givenEventFor, happen, idsFor } from './given-backlog.ts'
import { deliverAll, givenSubscriber, itemsOf, messages, stream, useCell } from './given-delivery.ts'

const cell = useCell()
const subscriber = (reply?: Reply) => cell.kept(givenSubscriber(cell.deps, reply))
const shown = (tenant: TenantId, id: string) => webhookService(cell.deps).get(tenant, id)
/** How many of those that are counted make it full. */
const FULL = Math.ceil(MOST_WAITING / COUNTED_OF)
const FULL_OF_FAILING = Math.ceil(MOST_WAITING_OF_FAILING / COUNTED_OF)

async function one(tenant: TenantId, id: string) {
  cell.deps.clock.at += 1_000
  const event = await givenEventFor(cell.deps, tenant, id, false)
  await publish(cell.deps, event)
  const deliveries = await itemsOf(cell.deps, tenant, `DLV#${id}#${deliveryId(event.id, id)}`)
  return { at: event.created_at, sent: deliveries.length === 1 }
}
/** As if so many waited of those that are counted. */
const counting = (tenant: TenantId, id: string, counted: number) =>
  tableFor(cell.deps, tenant).update(sk.webhook(id), { update: 'SET waiting_counted = :counted', values: { ':counted': counted } })
/** Fails once, so that the webhook is one that fails. */
async function failing(reply: Reply = { status: 500 }) {
  const made = await subscriber(reply)
  await one(made.tenant, made.webhook.id)
  for (const message of messages(cell.deps)) await deliver(cell.deps, message)
  return made
}

describe('a webhook for which too many deliveries wait', () => {
  it('is sent no new events, which are in the feed, and its tenant is shown since when', async () => {
    const { tenant, webhook } = await failing()
    await happen(cell.deps, tenant, webhook.id, FULL_OF_FAILING - 1)
    expect(await one(tenant, webhook.id)).toMatchObject({ sent: true })
    expect(await shown(tenant, webhook.id)).not.toHaveProperty('backlog_full_since')
    await happen(cell.deps, tenant, webhook.id, 1)
    messages(cell.deps)
    const [first, second] = [await one(tenant, webhook.id), await one(tenant, webhook.id)]
    expect([first.sent, second.sent, messages(cell.deps)]).toEqual([false, false, []])
    expect(await shown(tenant, webhook.id)).toMatchObject({ state: 'enabled', backlog_full_since: first.at })
    expect(await itemsOf(cell.deps, tenant, 'FEED#')).toHaveLength(FULL_OF_FAILING + 4)
  })

  it('takes no test, no redelivery and no recover meanwhile', async () => {
    const { tenant, webhook } = await failing({ status: 410 })
    const [over] = (await deliveryService(cell.deps).list(tenant, webhook.id, {}, { limit: 1 })).items
    await webhookService(cell.deps).enable(tenant, webhook.id)
    await counting(tenant, webhook.id, FULL)
    const full = { code: 'webhook_backlog_full' }
    await expect(deliveryService(cell.deps).test(tenant, webhook.id)).rejects.toMatchObject(full)
    await expect(deliveryService(cell.deps).redeliver(tenant, webhook.id, over?.id ?? '')).rejects.toMatchObject(full)
    const since = isoTime(cell.deps.clock.at)
    await expect(recoveryService(cell.deps).recover(tenant, webhook.id, { since })).rejects.toMatchObject(full)
  })

  it('is sent new events as soon as its receiver is well again, and by a recover what was left out', async () => {
    const { tenant, webhook, receiver } = await failing()
    await happen(cell.deps, tenant, webhook.id, FULL_OF_FAILING)
    const message = messages(cell.deps).at(-1)
    const { at: since, sent } = await one(tenant, webhook.id)
    receiver.reply = { status: 204 }
    if (message) await deliver(cell.deps, message)
    const next = await one(tenant, webhook.id)
    expect([sent, next.sent]).toEqual([false, true])
    const until = isoTime(cell.deps.clock.at)
    expect(await shown(tenant, webhook.id)).toMatchObject({ backlog_full_since: since, backlog_full_until: until })
    expect(await recoveryService(cell.deps).recover(tenant, webhook.id, { since })).toMatchObject({ result: { redelivered: 1 } })
  })

  it('however well it is', async () => {
    const { tenant, webhook } = await subscriber()
    await happen(cell.deps, tenant, webhook.id, FULL)
    expect(await one(tenant, webhook.id)).toMatchObject({ sent: false })
    await deliverAll(cell.deps)
    expect(await one(tenant, webhook.id)).toMatchObject({ sent: true })
  })

  it('again and again within a day, has been so since the first time', async () => {
    const { tenant, webhook } = await subscriber()
    const since: (string | undefined)[] = []
    for (const wait of [0, 3_600_000, 2 * 86_400_000]) {
      cell.deps.clock.at += wait
      await counting(tenant, webhook.id, FULL)
      await one(tenant, webhook.id)
      since.push((await shown(tenant, webhook.id)).backlog_full_since)
      await counting(tenant, webhook.id, 0)
      await one(tenant, webhook.id)
    }
    expect(since[1]).toBe(since[0])
    expect(since[2]).toBe(isoTime(Date.parse(since[2] ?? '')))
    expect(since[2]).not.toBe(since[0])
  })
})

describe('the deliveries that wait', () => {
  it('are counted one of 128, by the id that they have in any case', () => {
    const made = Array.from({ length: 128_000 }, () => deliveryId(cell.deps.newId('event'), 'whk_a')).filter(isCounted).length
    expect(made).toBeGreaterThan(800)
    expect(made).toBeLessThan(1_200)
  })

  it('are no longer counted once they have ended, however they began and ended, and though their events come twice', async () => {
    const { tenant, webhook, receiver } = await subscriber()
    const event = await givenEventFor(cell.deps, tenant, webhook.id, true)
    await Promise.all([publish(cell.deps, event), publish(cell.deps, event)])
    await happen(cell.deps, tenant, webhook.id, 3)
    expect(await counts(cell.deps, tenant, webhook.id)).toEqual({ counted: 4, waiting: 4, marked: 4 })
    await deliverAll(cell.deps)
    const ended = { counted: 0, waiting: 0, marked: 0 }
    expect(await counts(cell.deps, tenant, webhook.id)).toEqual(ended)
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await happen(cell.deps, tenant, webhook.id, 2)
    await webhookService(cell.deps).enable(tenant, webhook.id)
    receiver.reply = { status: 410 }
    await deliveryService(cell.deps).redeliver(tenant, webhook.id, deliveryId(event.id, webhook.id))
    await recoveryService(cell.deps).recover(tenant, webhook.id, { since: '2030-01-01T00:00:00Z' })
    await deliveryService({ ...cell.deps, newId: idsFor(cell.deps, webhook.id, true) }).test(tenant, webhook.id)
    expect(await counts(cell.deps, tenant, webhook.id)).toEqual({ counted: 4, waiting: 4, marked: 4 })
    await stream(cell.deps, tenant)
    // The first finds it gone, and what comes after is abandoned.
    await deliverAll(cell.deps)
    expect(await counts(cell.deps, tenant, webhook.id)).toEqual(ended)
  })

  it('are ended when their webhook was deleted meanwhile, which is not there again for that', async () => {
    const { tenant, webhook } = await subscriber()
    await happen(cell.deps, tenant, webhook.id, 2)
    await webhookService(cell.deps).remove(tenant, webhook.id)
    await deliverAll(cell.deps)
    expect(await counts(cell.deps, tenant, webhook.id)).toEqual({ counted: 0, waiting: 0, marked: 0 })
    expect(await itemsOf(cell.deps, tenant, 'WHK#')).toEqual([])
  })
})
