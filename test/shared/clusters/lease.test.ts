import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../../../local/aws/service.ts'
import { changeCluster, holdLease, LEASE_MS, maySpend, readCluster, STEP_ACTS_MS } from '../../../shared/clusters/lease.ts'
import { leased, noteWake, wakeDue } from '../../../shared/clusters/wake.ts'
import { documentClient } from '../../../shared/platform/aws-clients.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

let dynamo: GivenDynamo
let table: TenantTable
beforeAll(async () => {
  dynamo = await givenDynamo()
  table = tableFor(tableOver(dynamo.documents), tenantId('ten_a'))
})
afterAll(() => dynamo.stop())

/** As the functions have it: the SDK tries again. */
const clientOf = (given: GivenDynamo): DynamoDBClient =>
  new DynamoDBClient({ endpoint: given.endpoint.url, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'local' } })

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
  const woken = await noteWake(table, 'clu_wake', START)
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
  expect(await noteWake(table, 'clu_gone', START)).toBeUndefined()
})

test('a holder whose first answer was lost still holds the lease', async () => {
  const answers = [new AwsError('InternalServerError', 'the answer was lost', 500)]
  const lossy = await givenDynamo({
    faults: { next: () => undefined, lost: (call) => (call === 'UpdateItem' ? answers.pop() : undefined) },
  })
  try {
    const documents = documentClient(clientOf(lossy))
    const mine = tableFor(tableOver(documents), tenantId('ten_a'))
    await givenCluster(mine, newCluster('clu_lossy'))
    expect(await holdLease(mine, 'clu_lossy', 'me', START)).toMatchObject({ lease_holder: 'me', fence: 1 })
    expect(answers).toEqual([])
  } finally {
    await lossy.stop()
  }
})

test('a holder at work is not robbed by the sweep, though a delete has made the cluster due earlier', async () => {
  await givenCluster(table, newCluster('clu_busy'))
  await holdLease(table, 'clu_busy', 'me', START)
  const wanted = { ':due': isoTime(START + 60_000) }
  await changeCluster(table, 'clu_busy', { update: 'SET due_at = :due', values: wanted })
  expect(await wakeDue(table, 'clu_busy', START + 61_000)).toBeUndefined()
  expect(await readCluster(table, 'clu_busy')).toMatchObject({ lease_holder: 'me', wake: 1 })
  expect(await wakeDue(table, 'clu_busy', START + LEASE_MS)).toMatchObject({ wake: 2 })
})

test('every look leaves the holder enough of its lease for a step and for what that step may have called', async () => {
  await givenCluster(table, newCluster('clu_long'))
  await holdLease(table, 'clu_long', 'me', START)
  for (let at = START; at < START + 400_000; at += 20_000) {
    const held = await holdLease(table, 'clu_long', 'me', at)
    const longestLookMs = 55_000
    expect(held && maySpend(held, STEP_ACTS_MS, at + longestLookMs)).toBe(true)
  }
})
