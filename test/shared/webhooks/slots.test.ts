import { isoTime } from '../../../shared/platform/clock.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import type { DeliveryMessage } from '../../../shared/webhooks/record.ts'
import { SLOTS, SLOTS_OF_FAILING, slotStore } from '../../../shared/webhooks/slots.ts'
import { sweepDeliveries } from '../../../shared/webhooks/sweep.ts'
import { type Cell, givenCell, givenEvent, givenQueue, givenReceiver, givenWebhook } from './given.ts'
import { givenSubscriber, messages, readDelivery } from './given-delivery.ts'

let cell: Cell
const stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  cell = await givenCell()
  cell.deps.queue = givenQueue()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await cell.stop()
})

/** A receiver that thinks until it is told to answer, and the messages of so many events to it. */
async function givenSlow(events: number) {
  let answer = () => {}
  const after = new Promise<void>((resolve) => {
    answer = resolve
  })
  const subscriber = await givenSubscriber(cell.deps, { status: 204, after })
  stops.push(async () => {
    answer()
    await subscriber.receiver.stop()
  })
  for (let i = 0; i < events; i += 1) await publish(cell.deps, await givenEvent(cell.deps, subscriber.tenant))
  return { ...subscriber, answer, sent: messages(cell.deps) }
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
/** Every message in the hands of a sender of its own. */
const sending = (sent: DeliveryMessage[]) => Promise.all(sent.map((message) => deliver(cell.deps, message)))

describe('a slow receiver', () => {
  it('is sent a few at once; the rest wait without holding a sender, and are due again soon', async () => {
    const { receiver, tenant, answer, sent } = await givenSlow(12)
    // One after the other, so that none misses a free slot by chance.
    const under = sent.slice(0, SLOTS).map((message) => deliver(cell.deps, message))
    await until(() => receiver.received.length === SLOTS)
    await sending(sent.slice(SLOTS))
    expect(receiver.received).toHaveLength(SLOTS)
    expect(cell.deps.queue.sent).toHaveLength(12 - SLOTS)
    for (const { message, delayMs } of cell.deps.queue.sent) {
      expect(message).toMatchObject({ postponed: 1 })
      expect(delayMs).toBe(2_000)
    }
    const waiting = sent[SLOTS]
    if (!waiting) throw new Error('nobody waits')
    expect(await readDelivery(cell.deps, tenant, waiting)).toMatchObject({ state: 'pending', attempts: [] })
    answer()
    await Promise.all(under)
    cell.deps.clock.at += 2_000
    for (const message of messages(cell.deps)) await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(12)
  })

  it('delays no other, of the same tenant or another', async () => {
    const slow = await givenSlow(SLOTS + 3)
    const under = sending(slow.sent)
    const fast = await givenReceiver()
    stops.push(fast.stop)
    const mine = await givenWebhook(cell.deps, slow.tenant, { url: fast.url })
    await publish(cell.deps, await givenEvent(cell.deps, slow.tenant))
    for (const message of messages(cell.deps).filter(({ webhook_id }) => webhook_id === mine.id)) await deliver(cell.deps, message)
    expect(fast.received).toHaveLength(1)
    slow.answer()
    await under
  })

  it('keeps one message by delivery waiting, however many there are and however often the sweep looks', async () => {
    const { receiver, answer, sent } = await givenSlow(SLOTS + 1)
    const under = sent.slice(0, SLOTS).map((message) => deliver(cell.deps, message))
    await until(() => receiver.received.length === SLOTS)
    const waiting = sent.slice(SLOTS)
    await sending([...waiting, ...waiting, ...waiting])
    expect(cell.deps.queue.sent).toHaveLength(1)
    await sweepDeliveries(cell.deps, cell.deps.clock.at)
    expect(cell.deps.queue.sent).toHaveLength(1)
    answer()
    await Promise.all(under)
  })

  it('that fails is sent fewer at once', async () => {
    const { receiver, tenant, webhook } = await givenSlow(0)
    receiver.reply = { status: 500 }
    await publish(cell.deps, await givenEvent(cell.deps, tenant))
    for (const message of messages(cell.deps)) await deliver(cell.deps, message)
    const slots = slotStore(cell.deps)
    for (let i = 0; i < SLOTS_OF_FAILING; i += 1) await slots.take(tenant, webhook.id, { most: SLOTS, now: cell.deps.clock.at })
    await publish(cell.deps, await givenEvent(cell.deps, tenant))
    cell.deps.queue.sent.shift()
    for (const message of messages(cell.deps)) await deliver(cell.deps, message)
    expect(receiver.received).toHaveLength(1)
  })
})

describe('the slots of a webhook', () => {
  it('are no more than there are, whoever takes them at the same time', async () => {
    const { tenant, webhook } = await givenSlow(0)
    const random = () => Math.random()
    const slots = slotStore({ ...cell.deps, random })
    const take = () => slots.take(tenant, webhook.id, { most: 3, now: cell.deps.clock.at })
    const taken = (await Promise.all(Array.from({ length: 12 }, take))).filter((slot) => slot !== undefined)
    expect(taken.length).toBeLessThanOrEqual(3)
    while (taken.length < 3) taken.push((await take()) ?? { name: '', until: '' })
    expect(await take()).toBeUndefined()
    expect(new Set(taken.map(({ name }) => name)).size).toBe(3)
    const [first] = taken
    if (first) await slots.leave(tenant, webhook.id, first)
    expect(await take()).toEqual(first)
  })

  it('come back by themselves when their holder died, and not to the dead one', async () => {
    const { tenant, webhook } = await givenSlow(0)
    const slots = slotStore(cell.deps)
    const take = () => slots.take(tenant, webhook.id, { most: 1, now: cell.deps.clock.at })
    const dead = await take()
    cell.deps.clock.at += 29_999
    expect(await take()).toBeUndefined()
    cell.deps.clock.at += 1
    const heir = await take()
    expect(heir).toEqual({ name: dead?.name, until: isoTime(cell.deps.clock.at + 30_000) })
    if (dead) await slots.leave(tenant, webhook.id, dead)
    expect(await take()).toBeUndefined()
  })
})
