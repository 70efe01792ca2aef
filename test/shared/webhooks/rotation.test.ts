import { jest } from '@jest/globals'
import { Webhook as Verifier } from 'standardwebhooks'
import type { TenantId } from '../../../shared/platform/table.ts'
import { deliver } from '../../../shared/webhooks/deliver.ts'
import { deliveryService } from '../../../shared/webhooks/deliveries.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { secretService } from '../../../shared/webhooks/rotation.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { type Cell, givenCell, givenEvent } from './given.ts'
import { givenSubscriber, messages } from './given-delivery.ts'

const HOUR = 3_600_000

let cell: Cell
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  cell = await givenCell()
})
afterAll(() => cell.stop())
beforeEach(() => {
  // Receivers compare the timestamp with their own clock.
  cell.deps.clock.at = Date.now()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const secrets = () => secretService(cell.deps)

async function rotated(tenant: TenantId, id: string, body: Parameters<ReturnType<typeof secrets>['rotate']>[2] = {}) {
  const committed = await secrets().rotate(tenant, id, body)
  if (!('result' in committed)) throw new Error('it was rotated before')
  return secrets().reveal(committed.result)
}

async function given() {
  const subscriber = await givenSubscriber(cell.deps)
  stops.push(subscriber.receiver.stop)
  return subscriber
}

/** Whether a receiver that holds this secret believes the next event, as `standardwebhooks` checks it now. */
async function believed({ receiver, tenant }: Awaited<ReturnType<typeof given>>, held: string[]): Promise<boolean[]> {
  const turned = cell.deps.clock.at
  await publish(cell.deps, await givenEvent(cell.deps, tenant))
  for (const message of messages(cell.deps)) await deliver(cell.deps, message)
  const { headers, body } = receiver.received.splice(0)[0] ?? { headers: {}, body: '' }
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  jest.useFakeTimers({ now: turned })
  try {
    return held.map((secret) => {
      try {
        return Boolean(new Verifier(secret).verify(body, flat))
      } catch {
        return false
      }
    })
  } finally {
    jest.useRealTimers()
  }
}

describe('a rotated secret', () => {
  it('is another, and both sign until the old one expires', async () => {
    const subscriber = await given()
    const { tenant, webhook } = subscriber
    const next = await rotated(tenant, webhook.id)
    expect(next).toMatchObject({ secret_version: 2, previous_secret_expires_at: new Date(cell.deps.clock.at + 24 * HOUR).toISOString() })
    expect(next.secret).not.toBe(webhook.secret)
    expect(await believed(subscriber, [webhook.secret, next.secret])).toEqual([true, true])
    cell.deps.clock.at += 24 * HOUR - 1
    expect(await believed(subscriber, [webhook.secret, next.secret])).toEqual([true, true])
    cell.deps.clock.at += 1
    expect(await believed(subscriber, [webhook.secret, next.secret])).toEqual([false, true])
    expect(await webhookService(cell.deps).get(tenant, webhook.id)).not.toHaveProperty('previous_secret_expires_at')
  })

  it('ends the old one at once when it is told to', async () => {
    const subscriber = await given()
    const next = await rotated(subscriber.tenant, subscriber.webhook.id, { previous_secret_expires_in: 0 })
    expect(await believed(subscriber, [subscriber.webhook.secret, next.secret])).toEqual([false, true])
  })

  it('is not rotated while the one before signs, unless by force; then no more than two sign', async () => {
    const subscriber = await given()
    const { tenant, webhook } = subscriber
    const second = await rotated(tenant, webhook.id, { previous_secret_expires_in: 3600 })
    await expect(rotated(tenant, webhook.id)).rejects.toMatchObject({
      code: 'secret_rotating',
      members: { previous_secret_expires_at: second.previous_secret_expires_at },
    })
    const third = await rotated(tenant, webhook.id, { force: true })
    expect(await believed(subscriber, [webhook.secret, second.secret, third.secret])).toEqual([false, true, true])
    cell.deps.clock.at += 24 * HOUR
    expect(await rotated(tenant, webhook.id)).toMatchObject({ secret_version: 4 })
  })

  it('loses the one before when that is revoked, which may be asked for twice', async () => {
    const subscriber = await given()
    const { tenant, webhook } = subscriber
    const next = await rotated(tenant, webhook.id)
    await secrets().revokePrevious(tenant, webhook.id)
    expect(await secrets().revokePrevious(tenant, webhook.id)).toMatchObject({ result: { secret_version: 2 } })
    expect(await believed(subscriber, [webhook.secret, next.secret])).toEqual([false, true])
    expect(await rotated(tenant, webhook.id)).toMatchObject({ secret_version: 3 })
  })

  it('is one secret, though two ask at the same moment', async () => {
    const { tenant, webhook } = await given()
    const ends = await Promise.allSettled([rotated(tenant, webhook.id), rotated(tenant, webhook.id)])
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    expect(await webhookService(cell.deps).get(tenant, webhook.id)).toMatchObject({ secret_version: 2 })
  })

  it('is said by its version in the attempts that it signed', async () => {
    const subscriber = await given()
    await rotated(subscriber.tenant, subscriber.webhook.id)
    await publish(cell.deps, await givenEvent(cell.deps, subscriber.tenant))
    const [message] = messages(cell.deps)
    if (!message) throw new Error('there is no message')
    await deliver(cell.deps, message)
    const { attempts } = await deliveryService(cell.deps).get(subscriber.tenant, message.webhook_id, message.delivery_id)
    expect(attempts).toMatchObject([{ secret_versions: [2, 1] }])
  })

  it('of another tenant cannot be had', async () => {
    const [mine, other] = [await given(), await given()]
    await expect(rotated(other.tenant, mine.webhook.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(secrets().revokePrevious(other.tenant, mine.webhook.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
