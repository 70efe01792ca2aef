import { throttled } from '../../../local/dynamodb/faults.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { deliveryId } from '../../../shared/webhooks/delivery-store.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { type Cell, givenCell, givenReceiver, givenTenant, givenWebhook } from './given.ts'
import { counts, givenEventFor } from './given-backlog.ts'

let cell: Cell
let receiver: Awaited<ReturnType<typeof givenReceiver>>
/** Calls that the table takes before it fails, as if the function had died there: before the call is done, or after. */
let callsLeft = Number.POSITIVE_INFINITY
let done = false
beforeAll(async () => {
  const fails = (after: boolean) => () => {
    if (after !== done) return undefined
    callsLeft -= 1
    return callsLeft < 0 ? throttled() : undefined
  }
  cell = await givenCell({ faults: { next: fails(false), lost: fails(true) } })
  receiver = await givenReceiver()
})
afterAll(async () => {
  await receiver.stop()
  await cell.stop()
})

describe('a function that dies', () => {
  it.each([false, true])(
    'anywhere leaves a delivery counted while it waits, and no longer; done: %s',
    async (after) => {
      done = after
      for (let calls = 0; calls < 16; calls += 1) {
        const tenant = await givenTenant(cell.deps)
        const webhook = await givenWebhook(cell.deps, tenant, { url: receiver.url })
        const event = await givenEventFor(cell.deps, tenant, webhook.id, true)
        const message = { tenant_id: tenant, webhook_id: webhook.id, delivery_id: deliveryId(event.id, webhook.id) }
        const work = async () => {
          await publish(cell.deps, event)
          await deliver(cell.deps, message)
        }
        callsLeft = calls
        await work().catch(() => undefined)
        callsLeft = Number.POSITIVE_INFINITY
        const { counted, waiting, marked } = await counts(cell.deps, tenant, webhook.id)
        expect({ calls, counted, marked }).toEqual({ calls, counted: waiting, marked: waiting })
        // What was claimed is free again.
        cell.deps.clock.at += 61_000
        await work()
        expect(await counts(cell.deps, tenant, webhook.id)).toEqual({ counted: 0, waiting: 0, marked: 0 })
      }
    },
    60_000,
  )
})
