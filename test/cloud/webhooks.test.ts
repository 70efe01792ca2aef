import * as z from 'zod'
import { Delivery, DeliveryWithAttempts } from '../../shared/contract/delivery.ts'
import { Webhook } from '../../shared/contract/webhook.ts'
import { type Cell, givenCell } from '../support/given-cell.ts'

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
})
afterAll(() => cell.stop())

describe('a webhook of the whole cloud', () => {
  it('is sent a test, and again what it has received', async () => {
    const { tenant, receiver } = cell
    const { items } = await tenant.call('GET', '/v1/webhooks', z.object({ items: z.array(Webhook) }))
    const [webhook] = items
    if (!webhook) throw new Error('there is no webhook')
    const path = `/v1/webhooks/${webhook.id}`
    const { id } = await tenant.call('POST', `${path}/test`, Delivery)
    const received = await receiver.next(webhook.id, ['webhook.test'], 20_000)
    expect(received).toMatchObject({ type: 'webhook.test', data: { webhook_id: webhook.id, sequence: 1 } })
    const over = async (attempts: number) => {
      for (const end = Date.now() + 20_000; ; ) {
        const delivery = await tenant.call('GET', `${path}/deliveries/${id}`, DeliveryWithAttempts)
        if (delivery.state === 'succeeded' && delivery.attempts.length === attempts) return delivery
        if (Date.now() > end) throw new Error(`the delivery is still ${delivery.state}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await over(1)
    await tenant.call('POST', `${path}/deliveries/${id}/redeliver`, Delivery)
    expect((await over(2)).attempts).toMatchObject([{ status: 204 }, { status: 204 }])
    expect(receiver.refused()).toBe(0)
  })
})
