import type { Recovery } from '../../../shared/contract/delivery.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import type { TenantId } from '../../../shared/platform/table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { RECOVERED_AT_ONCE, recoveryService } from '../../../shared/webhooks/recover.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { givenEvent, type Reply } from './given.ts'
import { deliverAll, givenSubscriber, itemsOf, messages, stream, useCell } from './given-delivery.ts'

const cell = useCell()

const subscriber = (reply?: Reply) => cell.kept(givenSubscriber(cell.deps, reply))

/** Events one after another, each published; answers their ids. */
async function happened(tenant: TenantId, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i += 1) {
    cell.deps.clock.at += 1_000
    const event = await givenEvent(cell.deps, tenant)
    await publish(cell.deps, event)
    ids.push(event.id)
  }
  return ids
}

async function recover(tenant: TenantId, id: string, body: Recovery) {
  const committed = await recoveryService(cell.deps).recover(tenant, id, body)
  if (!('result' in committed)) throw new Error('it was recovered before')
  return committed.result
}
const now = () => isoTime(cell.deps.clock.at)

describe('recovering a webhook', () => {
  it('sends what failed or was abandoned, and what happened while it was disabled; what arrived is left alone', async () => {
    const { receiver, tenant, webhook } = await subscriber()
    const since = now()
    await happened(tenant, 1)
    await deliverAll(cell.deps)
    const abandoned = await happened(tenant, 1)
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await deliverAll(cell.deps)
    const missed = await happened(tenant, 2)
    await webhookService(cell.deps).enable(tenant, webhook.id)
    receiver.received.splice(0)
    expect(await recover(tenant, webhook.id, { since })).toEqual({ redelivered: 3 })
    await stream(cell.deps, tenant)
    await deliverAll(cell.deps)
    const came = receiver.received.map(({ headers }) => String(headers['webhook-id']))
    expect(came.filter((id) => [...abandoned, ...missed].includes(id)).sort()).toEqual([...abandoned, ...missed].sort())
    expect(await recover(tenant, webhook.id, { since })).toEqual({ redelivered: 0 })
  })

  it('sends nothing from before the moment, whatever is older', async () => {
    const { tenant, webhook } = await subscriber({ status: 410 })
    await happened(tenant, 5)
    const since = isoTime(cell.deps.clock.at + 1)
    await happened(tenant, 3)
    for (const message of messages(cell.deps)) await deliver(cell.deps, message)
    await webhookService(cell.deps).enable(tenant, webhook.id)
    expect(await recover(tenant, webhook.id, { since })).toEqual({ redelivered: 3 })
    expect(await recover(tenant, webhook.id, { since: isoTime(0) })).toEqual({ redelivered: 5 })
  })

  it('sends only what the webhook wants to be told', async () => {
    const { tenant, webhook } = await subscriber()
    await webhookService(cell.deps).disable(tenant, webhook.id)
    const since = now()
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.failed' }))
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.ready' }))
    await webhookService(cell.deps).enable(tenant, webhook.id)
    await webhookService(cell.deps).update(tenant, webhook.id, { events: ['cluster.failed'] })
    expect(await recover(tenant, webhook.id, { since })).toEqual({ redelivered: 1 })
  })

  it('is bounded, and goes on where it ended', async () => {
    const { tenant, webhook } = await subscriber()
    await webhookService(cell.deps).disable(tenant, webhook.id)
    const since = now()
    await happened(tenant, RECOVERED_AT_ONCE + 10)
    await webhookService(cell.deps).enable(tenant, webhook.id)
    const first = await recover(tenant, webhook.id, { since })
    expect(first).toEqual({ redelivered: RECOVERED_AT_ONCE, next_after: expect.any(Number) })
    expect(await recover(tenant, webhook.id, { since, after: first.next_after })).toEqual({ redelivered: 10 })
    expect(await itemsOf(cell.deps, tenant, 'DLV#')).toHaveLength(RECOVERED_AT_ONCE + 10)
  })

  it('sends each once, though two ask at the same moment', async () => {
    const { receiver, tenant, webhook } = await subscriber()
    await webhookService(cell.deps).disable(tenant, webhook.id)
    const since = now()
    await happened(tenant, 10)
    await webhookService(cell.deps).enable(tenant, webhook.id)
    const both = await Promise.all([recover(tenant, webhook.id, { since }), recover(tenant, webhook.id, { since })])
    expect(both.reduce((sum, { redelivered }) => sum + redelivered, 0)).toBe(10)
    await stream(cell.deps, tenant)
    await deliverAll(cell.deps)
    expect(receiver.received.filter(({ body }) => JSON.parse(body).type !== 'webhook.disabled')).toHaveLength(10)
  })

  it('is refused while the webhook is disabled, for the future, and for another tenant', async () => {
    const { tenant, webhook } = await subscriber()
    const other = await subscriber()
    const since = isoTime(cell.deps.clock.at + 3_600_000)
    await expect(recover(tenant, webhook.id, { since })).rejects.toMatchObject({ code: 'out_of_range' })
    await expect(recover(other.tenant, webhook.id, { since: now() })).rejects.toMatchObject({ code: 'not_found' })
    await webhookService(cell.deps).disable(tenant, webhook.id)
    await expect(recover(tenant, webhook.id, { since: now() })).rejects.toMatchObject({ code: 'webhook_disabled' })
  })
})
