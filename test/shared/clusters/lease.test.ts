import { holdLease, LEASE_MS, readCluster } from '../../../shared/clusters/lease.ts'
import { leased, noteWake, wakeDue } from '../../../shared/clusters/wake.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { cellTable, type GivenDynamo, givenDynamo } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

let dynamo: GivenDynamo
let table: TenantTable
beforeAll(async () => {
  dynamo = await givenDynamo()
  table = tableFor({ documents: dynamo.documents, tableName: cellTable.name }, tenantId('ten_a'))
})
afterAll(() => dynamo.stop())

test('of ten executions at once exactly one gets the lease, with the next fence', async () => {
  await givenCluster(table, newCluster('clu_race', { fence: 4 }))
  const held = await Promise.all(Array.from({ length: 10 }, (_, i) => holdLease(table, 'clu_race', `e${i}`, START)))
  const winners = held.filter((cluster) => cluster !== undefined)
  expect(winners).toHaveLength(1)
  expect(winners[0]?.fence).toBe(5)
})

test('the holder that asks again keeps its fence, and renews only when little is left', async () => {
  await givenCluster(table, newCluster('clu_again'))
  const first = await holdLease(table, 'clu_again', 'me', START)
  const soon = await holdLease(table, 'clu_again', 'me', START + 1_000)
  const late = await holdLease(table, 'clu_again', 'me', START + 100_000)
  expect([first?.fence, soon?.fence, late?.fence]).toEqual([1, 1, 1])
  expect(soon?.lease_expires_at).toBe(first?.lease_expires_at)
  expect(late?.lease_expires_at).toBe(isoTime(START + 100_000 + LEASE_MS))
})

test('a lease that ran out goes to the next, with a higher fence', async () => {
  await givenCluster(table, newCluster('clu_crash'))
  await holdLease(table, 'clu_crash', 'crashed', START)
  expect(await holdLease(table, 'clu_crash', 'other', START + LEASE_MS - 1)).toBeUndefined()
  const next = await holdLease(table, 'clu_crash', 'other', START + LEASE_MS)
  expect(next).toMatchObject({ lease_holder: 'other', fence: 2 })
})

test('a wake that comes while the lease is held is counted, and nobody else is let in', async () => {
  await givenCluster(table, newCluster('clu_wake'))
  await holdLease(table, 'clu_wake', 'me', START)
  const woken = await noteWake(table, 'clu_wake')
  expect(woken).toMatchObject({ wake: 2, lease_holder: 'me' })
  expect(woken && leased(woken, isoTime(START + 1))).toBe(true)
})

test('a cluster that is due loses its stale lease and is woken once', async () => {
  await givenCluster(table, newCluster('clu_due'))
  await holdLease(table, 'clu_due', 'crashed', START)
  const now = START + LEASE_MS + 1
  const woken = await Promise.all([wakeDue(table, 'clu_due', now), wakeDue(table, 'clu_due', now)])
  expect(woken.filter((cluster) => cluster !== undefined)).toHaveLength(1)
  const after = await readCluster(table, 'clu_due')
  expect(after).toMatchObject({ wake: 2 })
  expect(after?.lease_holder).toBeUndefined()
})

test('a deleted cluster is not woken', async () => {
  await givenCluster(table, newCluster('clu_gone', { state: 'deleted' }))
  expect(await noteWake(table, 'clu_gone')).toBeUndefined()
})
