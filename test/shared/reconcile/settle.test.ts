import type { AwsError } from '../../../local/aws/service.ts'
import { transactionConflict } from '../../../local/dynamodb/faults.ts'
import { changeCluster, holdLease, readCluster } from '../../../shared/clusters/lease.ts'
import { noteWake } from '../../../shared/clusters/wake.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../../shared/platform/tenant-table.ts'
import type { ObserveEvent } from '../../../shared/reconcile/model.ts'
import { settle } from '../../../shared/reconcile/settle.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { givenCluster, newCluster, START } from '../../support/cluster.ts'

const conflicts: AwsError[] = []
let dynamo: GivenDynamo
let table: TenantTable
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const clock = { now: () => START + 5_000, sleep: async () => undefined }
beforeAll(async () => {
  dynamo = await givenDynamo({ faults: { next: (call) => (call === 'TransactWriteItems' ? conflicts.pop() : undefined) } })
  table = tableFor(tableOver(dynamo.documents), tenantId('ten_a'))
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
const end = (event: Settle) => settle({ clock, newId: idMaker(clock.now), log }, table, event)

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
  await noteWake(table, 'clu_lost', START)
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

test('another transaction on the same items, such as another cluster’s on the quota, is no reason to look again', async () => {
  await givenCluster(table, newCluster('clu_quarrel', { failure: { code: 'x', message: 'X' } }))
  await holdLease(table, 'clu_quarrel', 'me', START)
  conflicts.push(transactionConflict(), transactionConflict())
  expect(await end(at('clu_quarrel', 'failed'))).toBe(true)
  expect(conflicts).toEqual([])
  expect(await readCluster(table, 'clu_quarrel')).toMatchObject({ state: 'failed' })
})

test('an operation that has ended stays as it ended, whatever becomes of the cluster', async () => {
  await givenCluster(table, newCluster('clu_late', { intent: 'absent', state: 'deleting' }))
  const error = { code: 'deadline_exceeded', message: 'Past the deadline' }
  const ended = { ':failed': 'failed', ':error': error, ':at': '2026-01-01T00:00:01.000Z' }
  const names = { '#state': 'state', '#error': 'error' }
  await table.update(sk.operation('op_clu_late'), {
    update: 'SET #state = :failed, #error = :error, finished_at = :at',
    names,
    values: ended,
  })
  await holdLease(table, 'clu_late', 'me', START)
  expect(await end(at('clu_late', 'deleted'))).toBe(true)
  expect(await readCluster(table, 'clu_late')).toMatchObject({ state: 'deleted' })
  expect(await table.get(sk.operation('op_clu_late'))).toMatchObject({ state: 'failed', error, finished_at: '2026-01-01T00:00:01.000Z' })
})

test('a ring that is ready has no failures to be held against it, and is looked at again when it is said', async () => {
  const failures = { PublishNames: { code: 'X', message: 'mishap', count: 9, at: '2026-01-01T00:00:00.000Z' } }
  const again = { due_at: '2026-01-01T01:00:00.000Z' }
  await givenCluster(table, newCluster('clu_fresh', { failures }))
  await holdLease(table, 'clu_fresh', 'me', START)
  expect(await end(at('clu_fresh', 'ready', again))).toBe(true)
  expect(await readCluster(table, 'clu_fresh')).toMatchObject({ state: 'ready', failures: {}, ...again, due_pk: expect.any(String) })

  await changeCluster(table, 'clu_fresh', { update: 'SET failures = :f', values: { ':f': failures } })
  await holdLease(table, 'clu_fresh', 'me', START)
  expect(await end(at('clu_fresh', 'ready', { ...again, fence: 2 }))).toBe(true)
  const healed = await readCluster(table, 'clu_fresh')
  expect(healed).toMatchObject({ version: 2, failures: {}, ...again, conditions: [{ status: true, reason: 'Verified' }] })
  expect(healed?.lease_holder).toBeUndefined()
})

test('a failed cluster says why, and never that it is ready', async () => {
  const failure = { code: 'node_failed', message: 'Node 1 stopped 5 times' }
  const verified = { type: 'Ready', status: true, reason: 'Verified', message: '', since: '2026-01-01T00:00:00.000Z' }
  await givenCluster(table, newCluster('clu_why', { failure, conditions: [verified] }))
  await holdLease(table, 'clu_why', 'me', START)
  expect(await end(at('clu_why', 'failed'))).toBe(true)
  const { conditions } = (await readCluster(table, 'clu_why')) ?? { conditions: [] }
  expect(conditions).toMatchObject([{ status: false, reason: 'Failed', message: failure.message }])
})
