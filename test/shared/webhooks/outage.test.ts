import { createServer } from 'node:http'
import { sideBySide } from '../../../shared/platform/side-by-side.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryMessage } from '../../../shared/webhooks/record.ts'
import { sweepDeliveries } from '../../../shared/webhooks/sweep.ts'
import { type Cell, givenCell, givenEvent, givenReceiver, givenTenant, givenWebhook, listening } from './given.ts'

const EVENTS = 200
const MINUTE = 60_000

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
})
afterAll(() => cell.stop())

/** A port at which nobody listens, until somebody does. */
async function deadPort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The queue, the senders and the sweep, by a clock turned from one thing that is due to the next. */
async function runUntil(over: () => boolean): Promise<void> {
  const { clock, queue } = cell.deps
  const waiting: { at: number; message: DeliveryMessage }[] = []
  let sweepAt = clock.at
  const deps = { ...cell.deps, random: Math.random }
  const intake = () => {
    for (const { message, delayMs } of queue.sent.splice(0))
      waiting.push({ at: clock.at + delayMs, message: DeliveryMessage.parse(message) })
  }
  intake()
  while (!over()) {
    if (clock.at >= sweepAt) {
      await sweepDeliveries(cell.deps, clock.at)
      sweepAt = clock.at + MINUTE
    }
    const due = waiting.filter(({ at }) => at <= clock.at)
    for (const each of due) waiting.splice(waiting.indexOf(each), 1)
    // Each message twice: the queue delivers at least once.
    await sideBySide([...due, ...due], ({ message }) => deliver(deps, message), 20)
    intake()
    // A second at a time at least, so that what is due at nearly the same moment is sent side by side.
    clock.at = Math.max(clock.at + 1_000, Math.min(sweepAt, ...waiting.map(({ at }) => at)))
  }
}

describe('deliveries to a receiver that is down and comes up', () => {
  it('all arrive, each once', async () => {
    const tenant = await givenTenant(cell.deps)
    const port = await deadPort()
    await givenWebhook(cell.deps, tenant, { url: `http://127.0.0.1:${port}/hooks` })
    const events: string[] = []
    for (let i = 0; i < EVENTS; i += 1) {
      const event = await givenEvent(cell.deps, tenant)
      await publish(cell.deps, event)
      events.push(event.id)
    }
    const down = cell.deps.clock.at + 2 * MINUTE
    await runUntil(() => cell.deps.clock.at >= down)
    const receiver = await givenReceiver({ status: 204 }, port)
    try {
      await runUntil(() => receiver.received.length >= EVENTS)
      const came = receiver.received.map(({ headers }) => String(headers['webhook-id']))
      expect(came).toHaveLength(EVENTS)
      expect(new Set(came)).toEqual(new Set(events))
    } finally {
      await receiver.stop()
    }
  }, 180_000)
})
