import { holdLease, readCluster } from '../../../shared/clusters/lease.ts'
import { noteWake } from '../../../shared/clusters/wake.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import type { ObserveEvent } from '../../../shared/reconcile/model.ts'
import { settle } from '../../../shared/reconcile/settle.ts'
import { cellTable, type GivenDynamo, givenDynamo } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

let dynamo: GivenDynamo
let table: TenantTable
const clock = { now: () => START + 5_000, sleep: async () => undefined }
beforeAll(async () => {
  dynamo = await givenDynamo()
  table = tableFor({ documents: dynamo.documents, tableName: cellTable.name }, tenantId('ten_a'))
})
afterAll(() => dynamo.stop())

type Settle = Extract<ObserveEvent, { action: 'settle' }>
const at = (id: string, outcome: Settle['outcome'], more: Partial<Settle> = {}): Settle => ({
  action: 'settle',
  tenant_id: 'ten_a',
  cluster_id: id,
  turn: 1,
  execution: 'me',
  fence: 1,
  generation: 1,
  wake: 1,
  outcome,
  due_at: null,
  ...more,
})
const end = (event: Settle) => settle({ clock, newId: idMaker(clock.now) }, table, event)

test('ready is one transaction: state, operation, event, and the lease given back', async () => {
  await givenCluster(table, newCluster('clu_ready'))
  await holdLease(table, 'clu_ready', 'me', START)
  expect(await end(at('clu_ready', 'ready'))).toBe(true)
  const cluster = await readCluster(table, 'clu_ready')
  expect(cluster).toMatchObject({ state: 'ready', observed_generation: 1, version: 2, ready_at: '2026-01-01T00:00:05.000Z' })
  expect([cluster?.lease_holder, cluster?.due_at, cluster?.due_pk]).toEqual([undefined, undefined, undefined])
  expect(await table.get(sk.operation('op_clu_ready'))).toMatchObject({ state: 'succeeded', finished_at: '2026-01-01T00:00:05.000Z' })
  expect(await table.get(sk.event('clu_ready', 2))).toMatchObject({
    type: 'cluster.ready',
    sequence: 2,
    data: { cluster_id: 'clu_ready', state: 'ready' },
  })
})

test('a wake since the look refuses to settle, and the lease stays', async () => {
  await givenCluster(table, newCluster('clu_lost'))
  await holdLease(table, 'clu_lost', 'me', START)
  await noteWake(table, 'clu_lost')
  expect(await end(at('clu_lost', 'ready'))).toBe(false)
  expect(await readCluster(table, 'clu_lost')).toMatchObject({ state: 'creating', lease_holder: 'me' })
})

test('a settle whose answer was lost is right the second time and writes no second event', async () => {
  await givenCluster(table, newCluster('clu_twice'))
  await holdLease(table, 'clu_twice', 'me', START)
  expect(await end(at('clu_twice', 'ready'))).toBe(true)
  expect(await end(at('clu_twice', 'ready'))).toBe(true)
  expect((await table.query({ prefix: sk.events('clu_twice') })).items).toHaveLength(1)
})

test('failed and then deleted gives the quota back once', async () => {
  const failure = { code: 'deadline_exceeded', message: 'The cluster was not ready' }
  await givenCluster(table, newCluster('clu_quota', { failure }))
  await holdLease(table, 'clu_quota', 'me', START)
  expect(await end(at('clu_quota', 'failed'))).toBe(true)
  expect(await table.get(sk.operation('op_clu_quota'))).toMatchObject({ state: 'failed', error: failure })
  await holdLease(table, 'clu_quota', 'me', START)
  expect(await end(at('clu_quota', 'deleted', { fence: 2 }))).toBe(true)
  expect(await table.get(sk.quota)).toMatchObject({ clusters_used: 0, nodes_used: 0, memory_mib_used: 0 })
})

test('parked keeps the state and says when to look again', async () => {
  await givenCluster(table, newCluster('clu_parked'))
  await holdLease(table, 'clu_parked', 'me', START)
  expect(await end(at('clu_parked', 'parked', { due_at: '2026-01-01T00:01:00.000Z' }))).toBe(true)
  const cluster = await readCluster(table, 'clu_parked')
  expect(cluster).toMatchObject({ state: 'creating', version: 1, due_at: '2026-01-01T00:01:00.000Z' })
  expect(cluster?.lease_holder).toBeUndefined()
})
