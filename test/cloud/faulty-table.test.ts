import { CallFault } from '../../local/faults/call-faults.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const WRITES = ['PutItem', 'UpdateItem', 'TransactWriteItems']
/** Of every write. A transaction says of a conflict that it was canceled for one. */
const ON_WRITES = [
  { share: 0.08, seed: 2, error: 'TransactionConflictException' },
  { share: 0.04, seed: 3, error: 'InternalServerError', status: 500, effect: 'after' },
]

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 120_000)
afterAll(() => cell?.stop())

test('rings are made and taken back over a table that conflicts, throttles and loses its answers', async () => {
  const { tenant, cloud, demo } = cell
  const { calls, active } = cloud.faults
  calls.add(CallFault.parse({ service: 'dynamodb', share: 0.02, error: 'ProvisionedThroughputExceededException' }))
  for (const operation of WRITES) for (const how of ON_WRITES) calls.add(CallFault.parse({ service: 'dynamodb', operation, ...how }))
  const clusters = await Promise.all([1, 2, 3].map(() => postRing(tenant)))
  for (const { operation } of clusters) expect(await ended(tenant, operation.id)).toMatchObject({ state: 'succeeded' })
  const deletes = await Promise.all(clusters.map(({ id }) => deleteRing(tenant, id)))
  for (const { operation } of deletes) expect(await ended(tenant, operation.id)).toMatchObject({ state: 'succeeded' })
  const hits = active.list().map((fault) => fault.hits)
  await active.clear()
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  // The throttles, the updates and the transactions; nearly all else that is put is part of a transaction.
  expect([hits[0], hits[3], hits[4], hits[5], hits[6]].map((count) => (count ?? 0) > 0)).toEqual(Array(5).fill(true))
}, 120_000)
