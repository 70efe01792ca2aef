import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { TenantId } from '../../../shared/platform/table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { failedForGood } from '../../../shared/webhooks/health.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { type Cell, givenEvent, givenReceiver, givenWebhook, START } from './given.ts'
import { givenDelivery, givenSubscriber, itemsOf, messages, readDelivery, stream, useCell } from './given-delivery.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const at = (ms: number): string => new Date(ms).toISOString()

const cell = useCell()

const given = cell.kept
const look = (tenant: TenantId, id: string) => webhookService(cell.deps).get(tenant, id)

/** One event, sent for as long as it is tried. */
async function sentToItsEnd(tenant: TenantId): Promise<void> {
  await publish(cell.deps, await givenEvent(cell.deps, tenant))
  const [message] = messages(cell.deps)
  if (!message) return
  for (;;) {
    await deliver(cell.deps, message)
    const { next_attempt_at } = await readDelivery(cell.deps, tenant, message)
    messages(cell.deps)
    if (next_attempt_at === undefined) return
    cell.deps.clock.at = Date.parse(next_attempt_at)
  }
}

describe('a receiver that fails', () => {
  it('is seen to fail since its first failure, until it succeeds once', async () => {
    const { receiver, tenant, webhook, message } = await given(givenDelivery(cell.deps, { status: 500 }))
    const first = cell.deps.clock.at
    await deliver(cell.deps, message)
    cell.deps.clock.at += 5_000
    await deliver(cell.deps, message)
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'enabled', failing_since: at(first) })
    receiver.reply = { status: 200 }
    cell.deps.clock.at += 300_000
    await deliver(cell.deps, message)
    expect(await look(tenant, webhook.id)).not.toHaveProperty('failing_since')
  })

  it('is written down once: neither failures nor successes like the one before cost a write', async () => {
    const { receiver, tenant, webhook } = await given(givenSubscriber(cell.deps, { status: 500 }))
    const writes: string[] = []
    const counted = { ...cell.deps, documentsFor: () => counting(cell.deps.documentsFor(), writes) }
    const attempts = async () => {
      for (let i = 0; i < 3; i += 1) await publish(cell.deps, await givenEvent(cell.deps, tenant))
      for (const message of messages(cell.deps)) await deliver(counted, message)
    }
    await attempts()
    receiver.reply = { status: 200 }
    await attempts()
    expect(writes.filter((key) => key === `WHK#${webhook.id}`)).toHaveLength(2)
  })

  it('for five days without any success is disabled, and the tenant is told in its feed and by its other webhooks', async () => {
    const { tenant, webhook } = await given(givenSubscriber(cell.deps, { status: 500 }))
    const start = cell.deps.clock.at
    await sentToItsEnd(tenant)
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'enabled', failing_since: at(start) })
    const { receiver: other } = await cell.kept(givenReceiver().then((receiver) => ({ receiver })))
    await sentToItsEnd(tenant)
    const disabled = await look(tenant, webhook.id)
    expect(disabled).toMatchObject({ state: 'disabled', disabled_reason: 'failing', failing_since: at(start) })
    expect(Date.parse(disabled.disabled_at ?? '')).toBeGreaterThanOrEqual(start + 5 * DAY)
    const told = await givenWebhook(cell.deps, tenant, { url: other.url, events: ['webhook.disabled'] })
    await stream(cell.deps, tenant)
    for (const message of messages(cell.deps).filter(({ webhook_id }) => webhook_id === told.id)) await deliver(cell.deps, message)
    expect(other.received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        type: 'webhook.disabled',
        timestamp: disabled.disabled_at,
        data: { webhook_id: webhook.id, sequence: 1, reason: 'failing', failing_since: at(start) },
      },
    ])
    expect((await itemsOf(cell.deps, tenant, 'FEED#')).at(-1)).toMatchObject({ type: 'webhook.disabled', webhook_id: webhook.id })
  })

  it('is not disabled for one failure long after another, nor for many within a short time', () => {
    const now = START + 30 * DAY
    const [long, short] = [at(now - 6 * DAY), at(now - 4 * DAY)]
    const since = (...hours: number[]) => hours.map((ago) => ({ at: at(now - ago * HOUR) }))
    expect(failedForGood(long, since(0), now)).toBe(false)
    expect(failedForGood(long, since(11, 5, 1, 0), now)).toBe(false)
    expect(failedForGood(long, since(12, 5, 0), now)).toBe(true)
    expect(failedForGood(short, since(96, 50, 0), now)).toBe(false)
    expect(failedForGood(undefined, since(12, 0), now)).toBe(false)
    expect(failedForGood(long, [], now)).toBe(false)
  })

  it('starts anew when it is enabled again, or goes to another URL', async () => {
    const { receiver, tenant, webhook } = await given(givenSubscriber(cell.deps, { status: 500 }))
    await sentToItsEnd(tenant)
    await webhookService(cell.deps).update(tenant, webhook.id, { url: `${receiver.url}/new` })
    expect(await look(tenant, webhook.id)).not.toHaveProperty('failing_since')
    await sentToItsEnd(tenant)
    await sentToItsEnd(tenant)
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'disabled' })
    await webhookService(cell.deps).enable(tenant, webhook.id)
    const { disabled_at, disabled_reason, failing_since, state } = await look(tenant, webhook.id)
    expect([state, disabled_at, disabled_reason, failing_since]).toEqual(['enabled', undefined, undefined, undefined])
  })

  it('is disabled once, though several attempts find it gone at the same time', async () => {
    const { tenant, webhook } = await given(givenSubscriber(cell.deps, { status: 410 }))
    for (let i = 0; i < 4; i += 1) await publish(cell.deps, await givenEvent(cell.deps, tenant))
    await Promise.all(messages(cell.deps).map((message) => deliver(cell.deps, message)))
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'disabled', disabled_reason: 'gone' })
    expect(await itemsOf(cell.deps, tenant, `EVT#${webhook.id}`)).toHaveLength(1)
  })

  it('that is changed again and again at the moment it is to be disabled is left to its next failure, with an error', async () => {
    const { tenant, webhook, message } = await given(givenDelivery(cell.deps, { status: 410 }))
    const documents = cell.deps.documentsFor()
    const changing = { ...cell.deps, documentsFor: () => changedBefore(documents, () => touch(tenant, webhook.id)) }
    await expect(deliver(changing, message)).rejects.toThrow('transaction refused')
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'enabled' })
    await publish(cell.deps, await givenEvent(cell.deps, tenant))
    for (const next of messages(cell.deps)) await deliver(cell.deps, next)
    expect(await look(tenant, webhook.id)).toMatchObject({ state: 'disabled', disabled_reason: 'gone' })
  })
})

const touch = (tenant: TenantId, id: string) => webhookService(cell.deps).update(tenant, id, { description: crypto.randomUUID() })

type Documents = ReturnType<Cell['deps']['documentsFor']>

/** The same client, with the sort keys of what it updates written down. */
function counting(documents: Documents, writes: string[]): Documents {
  return new Proxy(documents, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return (command: { input: { UpdateExpression?: string; Key?: { sk: string } } }) => {
        if (command.input.UpdateExpression && command.input.Key) writes.push(command.input.Key.sk)
        return Reflect.apply(target.send, target, [command])
      }
    },
  })
}

/** The same client; somebody else is always faster than its transactions. */
function changedBefore(documents: Documents, change: () => Promise<unknown>): Documents {
  return new Proxy(documents, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return async (command: object) => {
        if (command instanceof TransactWriteCommand) await change()
        return Reflect.apply(target.send, target, [command])
      }
    },
  })
}
