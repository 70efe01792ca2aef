import fc from 'fast-check'
import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { type Page, type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { readFeed, withoutHoles } from '../../../shared/webhooks/feed-reader.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import type { EventItem } from '../../../shared/webhooks/record.ts'
import { type Cell, givenCell, givenEvent, givenTenant } from './given.ts'
import { itemsOf } from './given-delivery.ts'

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
})
afterAll(() => cell.stop())

const read = async (tenant: TenantId, filter: Parameters<typeof readFeed>[2] = {}, limit = 100) =>
  (await readFeed(cell.deps, tenant, filter, { limit })).items

/** Reads on and on, `limit` at a time, as a tenant does who keeps the position of the last event. */
async function follow(tenant: TenantId, limit: number, goOn: () => boolean) {
  const seen: Awaited<ReturnType<typeof read>> = []
  for (let last = false; !last; ) {
    last = !goOn()
    for (;;) {
      const page = await read(tenant, { after: seen.at(-1)?.position ?? 0 }, limit)
      seen.push(...page)
      if (page.length === 0) break
    }
  }
  return seen
}

describe('the feed', () => {
  it('is read from a position on, and again from its end', async () => {
    const tenant = await givenTenant(cell.deps)
    const events = [await givenEvent(cell.deps, tenant), await givenEvent(cell.deps, tenant), await givenEvent(cell.deps, tenant)]
    for (const event of events) await publish(cell.deps, event)
    expect((await read(tenant)).map(({ id, position }) => [id, position])).toEqual(events.map(({ id }, i) => [id, i + 1]))
    expect((await read(tenant, { after: 1 })).map(({ position }) => position)).toEqual([2, 3])
    expect(await read(tenant, { after: 3 })).toEqual([])
    const page = await readFeed(cell.deps, tenant, { after: 1 }, { limit: 1 })
    const { next = '' } = page
    expect((await readFeed(cell.deps, tenant, { after: 1 }, { limit: 1, after: next })).items).toMatchObject([{ position: 3 }])
    const late = await givenEvent(cell.deps, tenant)
    await publish(cell.deps, late)
    expect(await read(tenant, { after: 3 })).toMatchObject([{ id: late.id, position: 4 }])
  })

  it('is filtered by type and by cluster', async () => {
    const tenant = await givenTenant(cell.deps)
    const clusterId = cell.deps.newId('cluster')
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.creating', clusterId }))
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.ready', clusterId, sequence: 2 }))
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { type: 'cluster.ready' }))
    const positions = async (filter: Parameters<typeof read>[1]) => (await read(tenant, filter)).map(({ position }) => position)
    expect(await positions({ type: 'cluster.ready' })).toEqual([2, 3])
    expect(await positions({ cluster_id: clusterId })).toEqual([1, 2])
    expect(await positions({ cluster_id: clusterId, type: 'cluster.ready', after: 1 })).toEqual([2])
    expect(await positions({ type: 'cluster.failed' })).toEqual([])
  })

  it('is kept for thirty days, as are the events themselves', async () => {
    const tenant = await givenTenant(cell.deps)
    const event = await givenEvent(cell.deps, tenant)
    const expires = Math.floor(cell.deps.clock.at / 1000) + 30 * 86_400
    await publish(cell.deps, { ...event, expires })
    const items = await itemsOf(cell.deps, tenant, sk.feedEntries)
    expect(items).toMatchObject([{ expires }])
  })

  it('has the events of a cluster in their order, though the stream shows them in another, or some of them never', async () => {
    const tenant = await givenTenant(cell.deps)
    const clusterId = cell.deps.newId('cluster')
    const events: EventItem[] = []
    for (const sequence of [1, 2, 3, 4]) events.push(await givenEvent(cell.deps, tenant, { clusterId, sequence }))
    const [, second, , fourth] = events
    if (!second || !fourth) throw new Error('there are no events')
    await publish(cell.deps, fourth)
    await publish(cell.deps, second)
    expect((await read(tenant)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
  })

  it('goes on past an item of the cluster that is no event', async () => {
    const tenant = await givenTenant(cell.deps)
    const clusterId = cell.deps.newId('cluster')
    await tableFor(cell.deps, tenant).put(sk.event(clusterId, 1), { type: 'cluster.on_fire' })
    await publish(cell.deps, await givenEvent(cell.deps, tenant, { clusterId, sequence: 2 }))
    expect(await read(tenant)).toMatchObject([{ sequence: 2, position: 1 }])
  })

  it('has no gap for a reader that polls, whoever publishes at the same time, repeated and out of order', async () => {
    const order = fc.record({
      clusters: fc.integer({ min: 1, max: 3 }),
      shuffle: fc.infiniteStream(fc.nat()),
      repeats: fc.nat(2),
      limit: fc.integer({ min: 1, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(order, async ({ clusters, shuffle, repeats, limit }) => {
        const tenant = await givenTenant(cell.deps)
        const happened: EventItem[] = []
        for (let cluster = 0; cluster < clusters; cluster += 1) {
          const clusterId = cell.deps.newId('cluster')
          for (const sequence of [1, 2, 3]) happened.push(await givenEvent(cell.deps, tenant, { clusterId, sequence }))
        }
        const records = Array.from({ length: repeats + 1 }, () => happened).flat()
        const key = new Map(records.map((_, i) => [i, shuffle.next().value]))
        const shuffled = [...records.entries()].sort(([a], [b]) => (key.get(a) ?? 0) - (key.get(b) ?? 0)).map(([, event]) => event)
        let publishing = true
        const reader = follow(tenant, limit, () => publishing)
        // Two publishers at once, as when a shard is read twice over.
        const publisher = async (share: number) => {
          for (const [i, event] of shuffled.entries()) if (i % 2 === share) await publish(cell.deps, event)
        }
        await Promise.all([publisher(0), publisher(1)]).finally(() => {
          publishing = false
        })
        const seen = await reader
        expect(seen.map(({ position }) => position)).toEqual(happened.map((_, i) => i + 1))
        expect(seen.map(({ id }) => id).sort()).toEqual(happened.map(({ id }) => id).sort())
        for (const [, events] of Map.groupBy(seen, ({ cluster_id }) => cluster_id)) {
          expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('a page of the feed', () => {
  const entry = (position: number) => ({ sk: sk.feedEntry(position), position })
  /** A table that answers these pages, one after the other. */
  const answering = (...pages: Page[]): Pick<TenantTable, 'query'> & { asked: number } => {
    const table = { asked: 0, query: async () => pages[Math.min(table.asked++, pages.length - 1)] ?? { items: [] } }
    return table
  }
  const input = { prefix: sk.feedEntries, after: sk.feedEntry(4) }

  it('without a hole is read once', async () => {
    const table = answering({ items: [entry(5), entry(6)] })
    expect(await withoutHoles(table).query(input)).toEqual({ items: [entry(5), entry(6)] })
    expect(table.asked).toBe(1)
  })

  it('that passed an entry by is read again, up to what it had reached', async () => {
    const table = answering({ items: [entry(5), entry(7)] }, { items: [entry(5), entry(6), entry(7), entry(8)] })
    expect(await withoutHoles(table).query(input)).toEqual({ items: [entry(5), entry(6), entry(7)], last: sk.feedEntry(7) })
  })

  it('that begins late, because older entries have expired, begins there', async () => {
    const table = answering({ items: [entry(90), entry(91)] })
    expect(await withoutHoles(table).query(input)).toEqual({ items: [entry(90), entry(91)] })
    expect(table.asked).toBe(2)
  })
})
