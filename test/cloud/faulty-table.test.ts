import { CallFault } from '../../local/faults/call-faults.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const WRITES = ['PutItem', 'UpdateItem', 'TransactWriteItems']
/** Of every write. A transaction says of a conflict that it was canceled for one. */
const ON_WRITES = [
  { share: 0.08, seed: 2, error: 'TransactionConflictException' },
  { share: 0.04, seed: 3, error: 'InternalServerError', status: 500, effect: 'after' },
]

const PATIENCE_MS = 180_000

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 400_000)
afterAll(() => cell?.stop())

test('rings are made and taken back over a table that conflicts, throttles and loses its answers', async () => {
  const { tenant, cloud, demo } = cell
  const { calls, active } = cloud.faults
  calls.add(CallFault.parse({ service: 'dynamodb', share: 0.02, error: 'ProvisionedThroughputExceededException' }))
  for (const operation of WRITES) for (const how of ON_WRITES) calls.add(CallFault.parse({ service: 'dynamodb', operation, ...how }))
  const clusters = await Promise.all([1, 2, 3].map(() => postRing(tenant)))
  for (const { operation } of clusters) expect(await ended(tenant, operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
  const deletes = await Promise.all(clusters.map(({ id }) => deleteRing(tenant, id)))
  for (const { operation } of deletes) expect(await ended(tenant, operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
  const told = (error: string): number =>
    active.list().reduce((sum, { what, hits }) => sum + ('error' in what && what.error === error ? hits : 0), 0)
  const hits = ['ProvisionedThroughputExceededException', ...ON_WRITES.map(({ error }) => error)].map(told)
  await active.clear()
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  expect(Math.min(...hits)).toBeGreaterThan(0)
}, 400_000)
