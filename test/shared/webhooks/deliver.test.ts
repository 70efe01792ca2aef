import { Webhook } from 'standardwebhooks'
import type { Attempt } from '../../../shared/contract/delivery.ts'
import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { POST_LIMITS, poster } from '../../../shared/webhooks/post.ts'
import { DeliveryMessage, type DeliveryRecord } from '../../../shared/webhooks/record.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { webhookStore } from '../../../shared/webhooks/store.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import { givenEvent, type Reply } from './given.ts'
import { givenDelivery as givenOne, readDelivery, useCell } from './given-delivery.ts'

const cell = useCell()

const givenDelivery = (reply?: Reply) => cell.kept(givenOne(cell.deps, reply))

async function renameTarget(tenant: TenantId, url: string): Promise<void> {
  const [webhook] = (await webhookStore(cell.deps).list(tenant, { limit: 1 })).items
  await tableFor(cell.deps, tenant).put(sk.webhook(webhook?.id ?? ''), { ...webhook, url })
}

const over = { due_pk: undefined, due_at: undefined, next_attempt_at: undefined, in_flight_until: undefined }
const fields = (record: DeliveryRecord) => ({ ...over, ...record })

describe('a delivery', () => {
  it('is a POST that Standard Webhooks verifies, and then it is over', async () => {
    // Receivers compare the timestamp with their own clock.
    cell.deps.clock.at = Date.now()
    const { receiver, webhook, event, message, delivery } = await givenDelivery({ status: 200, body: 'thanks' })
    await deliver(cell.deps, message)
    const [request] = receiver.received
    const headers = Object.fromEntries(Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]))
    expect(new Webhook(webhook.secret).verify(request?.body ?? '', headers)).toEqual({
      type: 'cluster.ready',
      timestamp: event.created_at,
      data: { ...event.data, cluster_id: event.cluster_id, sequence: 1 },
    })
    expect(headers).toMatchObject({ 'webhook-id': event.id, 'content-type': 'application/json' })
    const attempt: Partial<Attempt> = { outcome: 'success', status: 200, answer: 'thanks' }
    expect(fields(await delivery())).toMatchObject({ ...over, state: 'succeeded', attempts: [attempt] })
    expect(cell.deps.queue.sent).toEqual([])
  })

  it('is sent once however many messages there are for it', async () => {
    let answer = () => {}
    const after = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { receiver, message, delivery } = await givenDelivery({ status: 204, after })
    const all = Promise.all([1, 2, 3].map(() => deliver(cell.deps, message)))
    while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    answer()
    await all
    await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(1)
    expect((await delivery()).attempts).toHaveLength(1)
  })

  it('that fails is tried again: seconds and minutes later by the queue, hours later by the due index, ten times', async () => {
    const { receiver, tenant, webhook, message, delivery } = await givenDelivery({ status: 500, body: 'no' })
    const waits: string[] = []
    for (let made = 1; made <= 10; made += 1) {
      const before = cell.deps.clock.at
      await deliver(cell.deps, message)
      const { state, next_attempt_at, due_at } = await delivery()
      const seconds = (at?: string) => (Date.parse(at ?? '') - before) / 1000
      const sent = cell.deps.queue.sent.splice(0).map(({ delayMs }) => `message in ${delayMs / 1000}`)
      waits.push(state === 'pending' ? `${sent.join()}: ${seconds(next_attempt_at)}, due ${seconds(due_at)}` : state)
      if (next_attempt_at) cell.deps.clock.at = Date.parse(next_attempt_at)
    }
    expect(waits).toEqual([
      'message in 5: 5, due 35',
      'message in 300: 300, due 330',
      ...[1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((s) => `: ${s}, due ${s}`),
      'failed',
    ])
    expect(fields(await delivery())).toMatchObject({ ...over, attempts: Array(10).fill({ outcome: 'failure', status: 500, answer: 'no' }) })
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-signature'])).size).toBe(10)
    expect(await webhookService(cell.deps).get(tenant, webhook.id)).toMatchObject({ state: 'enabled' })
  })

  it('is not tried before its time, nor after it is over', async () => {
    const { receiver, message } = await givenDelivery({ status: 500 })
    await deliver(cell.deps, message)
    cell.deps.clock.at += 2_000
    await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(1)
    receiver.reply = { status: 204 }
    cell.deps.clock.at += 3_000
    await deliver(cell.deps, message)
    await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(2)
  })

  it('to a receiver that thinks for too long has failed', async () => {
    const { message, delivery } = await givenDelivery({ status: 204, after: new Promise(() => undefined) })
    await deliver({ ...cell.deps, post: poster({ ...POST_LIMITS, totalMs: 100 }) }, message)
    expect(await delivery()).toMatchObject({ state: 'pending', attempts: [{ outcome: 'failure', error: 'timeout' }] })
    expect(cell.deps.queue.sent).toEqual([{ message, delayMs: 5_000 }])
  })

  it('honours a Retry-After', async () => {
    const { message, delivery } = await givenDelivery({ status: 429, headers: { 'retry-after': '60' } })
    await deliver(cell.deps, message)
    expect(cell.deps.queue.sent).toEqual([{ message, delayMs: 60_000 }])
    expect(Date.parse((await delivery()).next_attempt_at ?? '') - cell.deps.clock.at).toBe(60_000)
  })

  it('that is answered 410 disables the webhook, and what else was on its way to it is given up', async () => {
    const { receiver, tenant, webhook, message, delivery } = await givenDelivery({ status: 410 })
    await publish(cell.deps, await givenEvent(cell.deps, tenant))
    const other = DeliveryMessage.parse(cell.deps.queue.sent.shift()?.message)
    await deliver(cell.deps, message)
    expect(fields(await delivery())).toMatchObject({ ...over, state: 'failed', attempts: [{ status: 410 }] })
    expect(await webhookService(cell.deps).get(tenant, webhook.id)).toMatchObject({
      state: 'disabled',
      disabled_reason: 'gone',
      disabled_at: expect.any(String),
    })
    await deliver(cell.deps, other)
    expect(fields(await readDelivery(cell.deps, tenant, other))).toMatchObject({ ...over, state: 'abandoned', attempts: [] })
    await publish(cell.deps, await givenEvent(cell.deps, tenant))
    expect([receiver.received.length, cell.deps.queue.sent]).toEqual([1, []])
  })

  it('is given up when its webhook was deleted', async () => {
    const { receiver, tenant, webhook, message, delivery } = await givenDelivery()
    await webhookService(cell.deps).remove(tenant, webhook.id)
    await deliver(cell.deps, message)
    expect(fields(await delivery())).toMatchObject({ ...over, state: 'abandoned', attempts: [] })
    expect(receiver.received).toEqual([])
  })

  it('that nobody knows is done with', async () => {
    const { message } = await givenDelivery()
    await deliver(cell.deps, { ...message, delivery_id: 'dlv_gone' })
    expect(cell.deps.log.lines.at(-1)).toEqual({ level: 'info', message: 'nothing to deliver' })
  })

  it('whose sender died is taken over when the claim has run out, and the dead one records nothing', async () => {
    let answer = () => {}
    const after = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { receiver, message, delivery } = await givenDelivery({ status: 500, after })
    const slow = deliver(cell.deps, message)
    while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    cell.deps.clock.at += 30_000
    receiver.reply = { status: 204 }
    await deliver(cell.deps, message)
    answer()
    await slow
    expect(await delivery()).toMatchObject({ state: 'succeeded', attempts: [{ status: 204 }] })
  })
})

/** The same table, out of reach once the receiver has answered: as if the sender had been killed there. */
function dyingAfterwards() {
  let answered = false
  const post: typeof cell.deps.post = async (request) => {
    const answer = await cell.deps.post(request)
    answered = true
    return answer
  }
  const documentsFor = () => {
    if (answered) throw new Error('the process was killed')
    return cell.deps.documentsFor()
  }
  return { ...cell.deps, post, documentsFor }
}

describe('a sender that is killed after the receiver has answered', () => {
  it('leaves the delivery to the next, which sends it once more, as the same event', async () => {
    const { receiver, event, message, delivery } = await givenDelivery({ status: 204 })
    await expect(deliver(dyingAfterwards(), message)).rejects.toThrow('the process was killed')
    await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(1)
    cell.deps.clock.at += 30_000
    await deliver(cell.deps, message)
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([event.id, event.id])
    expect(await delivery()).toMatchObject({ state: 'succeeded', attempts: [{ status: 204 }] })
  })
})

describe('a name that leads elsewhere', () => {
  it('when the attempt is made is refused, though it was well when the webhook was made', async () => {
    const { receiver, tenant, message, delivery } = await givenDelivery()
    await renameTarget(tenant, 'https://rebinding.example/')
    const targetPolicy = publicTargets(async () => ['127.0.0.1'])
    await deliver({ ...cell.deps, targetPolicy }, message)
    expect(await delivery()).toMatchObject({ state: 'pending', attempts: [{ outcome: 'failure', error: 'target_refused' }] })
    expect(receiver.received).toEqual([])
  })

  it('after it was checked is not asked again: the connection goes to the address that was', async () => {
    const { tenant, message } = await givenDelivery()
    await renameTarget(tenant, 'https://rebinding.example/')
    const answers = [['8.8.8.8'], ['127.0.0.1']]
    const went: string[] = []
    const post = async ({ address }: { address: string }) => {
      went.push(address)
      return { status: 204, answer: '' }
    }
    await deliver({ ...cell.deps, post, targetPolicy: publicTargets(async () => answers.shift() ?? []) }, message)
    expect([went, answers]).toEqual([['8.8.8.8'], [['127.0.0.1']]])
  })
})
