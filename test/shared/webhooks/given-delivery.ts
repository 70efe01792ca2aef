import { sk, type TenantId, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryMessage, DeliveryRecord, EventItem } from '../../../shared/webhooks/record.ts'
import { type Cell, givenCell, givenEvent, givenQueue, givenReceiver, givenTenant, givenWebhook, type Reply } from './given.ts'

type Deps = Cell['deps']

export const readDelivery = async (deps: Deps, tenant: string, { webhook_id, delivery_id }: Omit<DeliveryMessage, 'tenant_id'>) =>
  DeliveryRecord.parse(await tableFor(deps, tenantId(tenant)).get(sk.delivery(webhook_id, delivery_id)))

/** What the queue was given since it was last asked. */
export const messages = ({ queue }: Deps) => queue.sent.splice(0).map(({ message }) => DeliveryMessage.parse(message))

/** A tenant with one webhook. */
export async function givenSubscriber(deps: Deps, reply?: Reply) {
  const receiver = await givenReceiver(reply)
  const tenant = await givenTenant(deps)
  return { receiver, tenant, webhook: await givenWebhook(deps, tenant, { url: receiver.url }) }
}

/** One event on its way to one webhook, its message taken from the queue. */
export async function givenDelivery(deps: Deps, reply?: Reply) {
  const subscriber = await givenSubscriber(deps, reply)
  const event = await givenEvent(deps, subscriber.tenant)
  await publish(deps, event)
  const message = DeliveryMessage.parse(deps.queue.sent.shift()?.message)
  return { ...subscriber, event, message, delivery: () => readDelivery(deps, subscriber.tenant, message) }
}

/** All that is in the tenant's partition under the prefix. */
export const itemsOf = async (deps: Deps, tenant: TenantId, prefix: string) => (await tableFor(deps, tenant).query({ prefix })).items

/** Does what the table's stream does: publishes events, and puts on the queue what the API asked for. */
export async function stream(deps: Deps, tenant: TenantId): Promise<void> {
  for (const item of await itemsOf(deps, tenant, 'EVT#')) await publish(deps, EventItem.parse(item))
  for (const item of await itemsOf(deps, tenant, 'DLV#')) {
    const { id, webhook_id, asked_at } = DeliveryRecord.parse(item)
    if (asked_at !== undefined) await deps.queue.send({ tenant_id: tenant, webhook_id, delivery_id: id } satisfies DeliveryMessage)
  }
}

/** Makes every attempt that is due, one message after the other. */
export async function deliverAll(deps: Deps): Promise<void> {
  for (let message = messages(deps); message.length > 0; message = messages(deps)) {
    for (const each of message) await deliver(deps, each)
  }
}

/** A cell for the tests of a file, with an empty queue for each, and receivers that end with the test they were made in. */
export function useCell() {
  let cell: Cell | undefined
  const stops: (() => Promise<void>)[] = []
  beforeAll(async () => {
    cell = await givenCell()
  })
  afterAll(() => cell?.stop())
  beforeEach(() => {
    if (cell) cell.deps.queue = givenQueue()
  })
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })
  return {
    get deps(): Deps {
      if (!cell) throw new Error('the cell is there once the tests run')
      return cell.deps
    },
    /** Ends the receiver with the test. */
    async kept<T extends { receiver: { stop(): Promise<void> } }>(made: Promise<T>): Promise<T> {
      const given = await made
      stops.push(given.receiver.stop)
      return given
    },
  }
}
