import type { TenantId } from '../../../shared/platform/table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { deliveryService } from '../../../shared/webhooks/deliveries.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { givenEvent, givenWebhook, type Reply } from './given.ts'
import { deliverAll, givenDelivery, givenSubscriber, itemsOf, messages, stream, useCell } from './given-delivery.ts'

const cell = useCell()

const service = () => deliveryService(cell.deps)
const subscriber = (reply?: Reply) => cell.kept(givenSubscriber(cell.deps, reply))
async function delivery(reply?: Reply) {
  const made = await cell.kept(givenDelivery(cell.deps, reply))
  return { ...made, id: made.message.delivery_id }
}
const listed = async (tenant: TenantId, id: string, wanted: Parameters<ReturnType<typeof service>['list']>[2] = {}) =>
  (await service().list(tenant, id, wanted, { limit: 100 })).items

describe('the deliveries of a webhook', () => {
  it('are listed newest event first, by state and type, and only its own', async () => {
    const { receiver, tenant, webhook } = await subscriber()
    await givenWebhook(cell.deps, tenant, { url: receiver.url })
    for (const type of ['cluster.creating', 'cluster.ready'] as const) {
      cell.deps.clock.at += 1_000
      await publish(cell.deps, await givenEvent(cell.deps, tenant, { type }))
    }
    await deliverAll(cell.deps)
    receiver.reply = { status: 500 }
    cell.deps.clock.at += 1_000
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.failed' }))
    for (const message of messages(cell.deps)) await deliver(cell.deps, message)
    const types = (found: Awaited<ReturnType<typeof listed>>) => found.map(({ event }) => event.type)
    expect(types(await listed(tenant, webhook.id))).toEqual(['cluster.failed', 'cluster.ready', 'cluster.creating'])
    expect(types(await listed(tenant, webhook.id, { state: 'succeeded' }))).toEqual(['cluster.ready', 'cluster.creating'])
    expect(types(await listed(tenant, webhook.id, { state: 'succeeded', type: 'cluster.ready' }))).toEqual(['cluster.ready'])
    expect(await listed(tenant, webhook.id, { state: 'pending' })).toEqual([
      {
        id: expect.stringMatching(/^dlv_/),
        webhook_id: webhook.id,
        event: expect.objectContaining({ type: 'cluster.failed', sequence: 1 }),
        state: 'pending',
        attempts_made: 1,
        next_attempt_at: new Date(cell.deps.clock.at + 5_000).toISOString(),
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ])
  })

  it('show what was tried and answered, in our words and no more than a kilobyte of theirs', async () => {
    const { tenant, message, id, receiver } = await delivery({ status: 500, body: 'é'.repeat(2_000) })
    await deliver(cell.deps, message)
    await receiver.stop()
    cell.deps.clock.at += 5_000
    await deliver(cell.deps, message)
    const { attempts } = await service().get(tenant, message.webhook_id, id)
    expect(attempts).toEqual([
      { at: expect.any(String), duration_ms: 0, outcome: 'failure', status: 500, answer: 'é'.repeat(512), secret_versions: [1] },
      { at: expect.any(String), duration_ms: 0, outcome: 'failure', error: 'connect_failed', secret_versions: [1] },
    ])
  })

  it("are nobody else's, nor another webhook's", async () => {
    const { tenant, webhook, id, message } = await delivery()
    await deliver(cell.deps, message)
    const other = await subscriber()
    const second = await givenWebhook(cell.deps, tenant, { url: other.receiver.url })
    const gone = { code: 'not_found' }
    await expect(service().get(other.tenant, webhook.id, id)).rejects.toMatchObject(gone)
    await expect(service().get(other.tenant, other.webhook.id, id)).rejects.toMatchObject(gone)
    await expect(service().get(tenant, second.id, id)).rejects.toMatchObject(gone)
    await expect(service().redeliver(other.tenant, webhook.id, id)).rejects.toMatchObject(gone)
    await expect(service().redeliver(other.tenant, other.webhook.id, id)).rejects.toMatchObject(gone)
    await expect(service().test(other.tenant, webhook.id)).rejects.toMatchObject(gone)
    await expect(listed(other.tenant, webhook.id)).rejects.toMatchObject(gone)
    expect(await listed(other.tenant, other.webhook.id)).toEqual([])
  })
})

describe('a test event', () => {
  it('goes to this webhook alone, and into no feed', async () => {
    const { receiver, tenant, webhook } = await subscriber()
    await givenWebhook(cell.deps, tenant, { url: receiver.url })
    await service().test(tenant, webhook.id)
    expect(cell.deps.queue.sent).toEqual([])
    await stream(cell.deps, tenant)
    await deliverAll(cell.deps)
    expect(receiver.received.map(({ body }) => JSON.parse(body))).toEqual([
      { type: 'webhook.test', timestamp: expect.any(String), data: { webhook_id: webhook.id, sequence: 1 } },
    ])
    expect(await itemsOf(cell.deps, tenant, 'FEED')).toEqual([])
    expect(await listed(tenant, webhook.id)).toMatchObject([{ state: 'succeeded', event: { type: 'webhook.test' } }])
  })

  it('is numbered like every event of its webhook', async () => {
    const { tenant, webhook } = await subscriber()
    await Promise.all([1, 2, 3].map(() => service().test(tenant, webhook.id)))
    await webhookService(cell.deps).disable(tenant, webhook.id)
    expect((await listed(tenant, webhook.id)).map(({ event }) => event.sequence).sort()).toEqual([1, 2, 3])
    expect(await itemsOf(cell.deps, tenant, 'EVT#')).toMatchObject([{ sequence: 4, data: { reason: 'requested' } }])
  })

  it('is refused for a webhook that is disabled', async () => {
    const { tenant, webhook } = await subscriber()
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await expect(service().test(tenant, webhook.id)).rejects.toMatchObject({ code: 'webhook_disabled' })
  })
})

describe('a delivery that is sent again', () => {
  it('is the same event, tried as if for the first time, and keeps its attempts', async () => {
    const { receiver, tenant, webhook, event, message, id, delivery: look } = await delivery({ status: 200 })
    await deliver(cell.deps, message)
    receiver.reply = { status: 500 }
    await service().redeliver(tenant, webhook.id, id)
    expect(cell.deps.queue.sent).toEqual([])
    await stream(cell.deps, tenant)
    await deliver(cell.deps, messages(cell.deps).at(-1) ?? message)
    expect(await look()).toMatchObject({ state: 'pending', attempts_made: 1, attempts: [{ status: 200 }, { status: 500 }] })
    expect(await look()).not.toHaveProperty('asked_at')
    expect(cell.deps.queue.sent).toEqual([{ message, delayMs: 5_000 }])
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([event.id, event.id])
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  })

  it('is refused while it is under way, and while its webhook is disabled', async () => {
    const { tenant, webhook, message, id } = await delivery()
    await expect(service().redeliver(tenant, webhook.id, id)).rejects.toMatchObject({ code: 'delivery_pending' })
    await deliver(cell.deps, message)
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await expect(service().redeliver(tenant, webhook.id, id)).rejects.toMatchObject({ code: 'webhook_disabled' })
  })

  it('is sent once, though two ask at the same moment', async () => {
    const { receiver, tenant, webhook, message, id } = await delivery()
    await deliver(cell.deps, message)
    const ends = await Promise.allSettled([service().redeliver(tenant, webhook.id, id), service().redeliver(tenant, webhook.id, id)])
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    await stream(cell.deps, tenant)
    await deliverAll(cell.deps)
    expect(receiver.received).toHaveLength(2)
  })

  it('is abandoned when the webhook is disabled after it was asked for', async () => {
    const { receiver, tenant, webhook, message, id, delivery: look } = await delivery()
    await deliver(cell.deps, message)
    await service().redeliver(tenant, webhook.id, id)
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await stream(cell.deps, tenant)
    await deliverAll(cell.deps)
    expect(await look()).toMatchObject({ state: 'abandoned' })
    expect(receiver.received).toHaveLength(1)
  })

  it('keeps its last forty attempts, however often it is sent', async () => {
    const { tenant, webhook, message, id, delivery: look } = await delivery()
    await deliver(cell.deps, message)
    for (let i = 0; i < 41; i += 1) {
      await service().redeliver(tenant, webhook.id, id)
      await deliver(cell.deps, message)
    }
    expect((await look()).attempts).toHaveLength(40)
  })
})
