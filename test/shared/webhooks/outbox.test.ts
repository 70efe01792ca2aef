import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { transactionConflict } from '../../../local/dynamodb/faults.ts'
import { Event } from '../../../shared/contract/event.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { sk, type TenantId, tenantKey } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { appendToFeed } from '../../../shared/webhooks/feed.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { EventItem } from '../../../shared/webhooks/record.ts'
import { type Cell, givenCell, givenEvent, givenQueue, givenTenant, givenWebhook, tableName } from './given.ts'

let cell: Cell
let conflicts = 0
beforeAll(async () => {
  const next = (operation: string) => (operation === 'TransactWriteItems' && conflicts-- > 0 ? transactionConflict() : undefined)
  cell = await givenCell({ faults: { next } })
})
afterAll(() => cell.stop())
beforeEach(() => {
  conflicts = 0
  cell.deps.queue = givenQueue()
})

const items = async (tenant: TenantId, prefix: string) => (await tableFor(cell.deps, tenant).query({ prefix })).items
const webhook = (tenant: TenantId, events?: ('*' | 'cluster.ready' | 'cluster.failed')[]) =>
  givenWebhook(cell.deps, tenant, { url: 'http://127.0.0.1:9/', ...(events ? { events } : {}) })

describe("the tenant's feed", () => {
  it('numbers events without a gap, each once, however often and however many at once they come', async () => {
    const tenant = await givenTenant(cell.deps)
    const events = await Promise.all([1, 2, 3, 4].map((sequence) => givenEvent(cell.deps, tenant, { sequence })))
    await Promise.all([...events, ...events].map((event) => appendToFeed(cell.deps, tenant, event)))
    for (const event of events) await appendToFeed(cell.deps, tenant, event)
    const feed = await items(tenant, 'FEED#')
    expect(feed).toMatchObject([1, 2, 3, 4].map((position) => ({ position, sk: sk.feedEntry(position) })))
    expect(new Set(feed.map((entry) => Event.parse(entry).id)).size).toBe(4)
    expect(await items(tenant, 'FEED')).toHaveLength(5)
  })

  it('holds the whole event and marks it with its number', async () => {
    const tenant = await givenTenant(cell.deps)
    const event = await givenEvent(cell.deps, tenant)
    await appendToFeed(cell.deps, tenant, event)
    expect(await items(tenant, 'FEED#')).toEqual([
      { ...event, ...tenantKey(tenant, sk.feedEntry(1)), position: 1, published_at: isoTime(cell.deps.clock.at) },
    ])
    expect(await items(tenant, 'EVT#')).toEqual([{ ...event, position: 1 }])
  })

  it('gets past transactions that are in its way', async () => {
    const tenant = await givenTenant(cell.deps)
    const event = await givenEvent(cell.deps, tenant)
    conflicts = 3
    await appendToFeed(cell.deps, tenant, event)
    expect(await items(tenant, 'FEED#')).toHaveLength(1)
  })
})

describe('an event', () => {
  it('becomes one delivery for each enabled webhook that wants it, on the queue at once', async () => {
    const tenant = await givenTenant(cell.deps, 5)
    const [all, ready] = [await webhook(tenant), await webhook(tenant, ['cluster.ready'])]
    await webhook(tenant, ['cluster.failed'])
    const event = await givenEvent(cell.deps, tenant)
    await publish(cell.deps, event)
    const deliveries = await items(tenant, 'DLV#')
    const { pk: _pk, sk: _sk, tenant_id: _tenant, ...told } = event
    const expected = (webhook_id: string) => expect.objectContaining({ webhook_id, event: told, state: 'pending', attempts: [] })
    expect(deliveries).toHaveLength(2)
    expect(deliveries).toEqual(expect.arrayContaining([expected(all.id), expected(ready.id)]))
    expect(cell.deps.queue.sent.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        { tenant_id: tenant, webhook_id: all.id, delivery_id: expect.stringMatching(/^dlv_[0-9a-hjkmnp-tv-z]{26}$/) },
        { tenant_id: tenant, webhook_id: ready.id, delivery_id: expect.stringMatching(/^dlv_[0-9a-hjkmnp-tv-z]{26}$/) },
      ]),
    )
  })

  it('that comes again makes nothing twice', async () => {
    const tenant = await givenTenant(cell.deps)
    await webhook(tenant)
    const event = await givenEvent(cell.deps, tenant)
    await Promise.all([publish(cell.deps, event), publish(cell.deps, event)])
    const before = await items(tenant, '')
    cell.deps.clock.at += 5_000
    await publish(cell.deps, event)
    expect(await items(tenant, '')).toEqual(before)
    expect(await items(tenant, 'DLV#')).toHaveLength(1)
  })

  it('whose message could not be sent fails, and leaves a delivery that is due soon', async () => {
    const tenant = await givenTenant(cell.deps)
    await webhook(tenant)
    const event = await givenEvent(cell.deps, tenant)
    cell.deps.queue.fail = 1
    await expect(publish(cell.deps, event)).rejects.toThrow('the queue is away')
    const [delivery] = await items(tenant, 'DLV#')
    expect(delivery).toMatchObject({ state: 'pending', due_at: new Date(cell.deps.clock.at + 30_000).toISOString() })
  })

  it('is not sent to a webhook of another tenant', async () => {
    const [mine, other] = [await givenTenant(cell.deps), await givenTenant(cell.deps)]
    await webhook(other)
    await publish(cell.deps, await givenEvent(cell.deps, mine))
    expect([await items(mine, 'DLV#'), await items(other, 'DLV#'), cell.deps.queue.sent]).toEqual([[], [], []])
  })

  it('under a key that is not its own is refused', async () => {
    const tenant = await givenTenant(cell.deps)
    const event = await givenEvent(cell.deps, tenant)
    const { Item } = await cell.documents.send(new GetCommand({ TableName: tableName, Key: { pk: event.pk, sk: event.sk } }))
    expect(EventItem.safeParse(Item).success).toBe(true)
    expect(EventItem.safeParse({ ...Item, pk: 'T#ten_other' }).success).toBe(false)
    expect(EventItem.safeParse({ ...Item, sequence: 2 }).success).toBe(false)
    expect(EventItem.safeParse({ ...Item, type: 'cluster.on_fire' }).success).toBe(false)
  })
})
