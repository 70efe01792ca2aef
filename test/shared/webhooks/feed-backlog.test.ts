import { throttled } from '../../../local/dynamodb/faults.ts'
import { FeedEvent } from '../../../shared/contract/event.ts'
import { readAll } from '../../../shared/platform/read-all.ts'
import { sideBySide } from '../../../shared/platform/side-by-side.ts'
import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { appendToFeed } from '../../../shared/webhooks/feed.ts'
import { type Cell, givenCell, givenEvent, givenTenant } from './given.ts'

let cell: Cell
/** Calls that the table takes before it fails: as if the function had run out of time there. */
let callsLeft = Number.POSITIVE_INFINITY
beforeAll(async () => {
  const next = () => {
    callsLeft -= 1
    return callsLeft < 0 ? throttled() : undefined
  }
  cell = await givenCell({ faults: { next } })
})
afterAll(() => cell.stop())
afterEach(() => {
  callsLeft = Number.POSITIVE_INFINITY
})

/** Events of one cluster of which the stream has shown none; the last of them. */
async function givenWaiting(tenant: TenantId, sequences: number[]) {
  const clusterId = cell.deps.newId('cluster')
  const events = await sideBySide(sequences, (sequence) => givenEvent(cell.deps, tenant, { clusterId, sequence }))
  const last = events.at(-1)
  if (!last) throw new Error('there are no events')
  return last
}
const fed = (tenant: TenantId) => readAll(tableFor(cell.deps, tenant), sk.feedEntries, (item) => FeedEvent.parse(item).sequence)
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

describe('very many events that the feed lacks', () => {
  it('go into it in their order, so many with one call, and the record that showed the last comes again for the rest', async () => {
    const tenant = await givenTenant(cell.deps)
    const last = await givenWaiting(tenant, upTo(430))
    await expect(appendToFeed(cell.deps, tenant, last)).rejects.toThrow('it comes again')
    expect(await fed(tenant)).toEqual(upTo(200))
    await expect(appendToFeed(cell.deps, tenant, last)).rejects.toThrow('it comes again')
    await appendToFeed(cell.deps, tenant, last)
    expect(await fed(tenant)).toEqual(upTo(430))
  })

  it('become fewer with every call, though none has the time for all of them', async () => {
    const tenant = await givenTenant(cell.deps)
    const last = await givenWaiting(tenant, upTo(60))
    for (let calls = 0; (await fed(tenant)).length < 60; calls += 1) {
      expect(calls).toBeLessThan(10)
      callsLeft = 40
      await appendToFeed(cell.deps, tenant, last).catch(() => undefined)
      callsLeft = Number.POSITIVE_INFINITY
    }
    expect(await fed(tenant)).toEqual(upTo(60))
  })

  it('are found behind numbers that no event has: tests of a webhook are in no feed', async () => {
    const tenant = await givenTenant(cell.deps)
    const sequences = [1, 3, 4, 9, 20, 21, 40]
    await appendToFeed(cell.deps, tenant, await givenWaiting(tenant, sequences))
    expect(await fed(tenant)).toEqual(sequences)
  })
})
