import { AwsError } from '../../local/aws/service.ts'
import { throttled, transactionConflict } from '../../local/dynamodb/faults.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const WRITES = ['PutItem', 'UpdateItem', 'TransactWriteItems']
const lost = (): AwsError => new AwsError('InternalServerError', 'The request was done, and its answer lost', 500)

/** The same faults for the same seed, as far as calls come in the same order: https://en.wikipedia.org/wiki/Xorshift */
function draw(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

let cell: Cell
const told = { conflicts: 0, throttles: 0, lost: 0 }
/** The tenant is made in peace. */
let armed = false
beforeAll(async () => {
  const random = draw(20_260_101)
  cell = await givenCell({
    faults: {
      next: (operation) => {
        if (!armed) return undefined
        const fate = random()
        if (fate < 0.02) {
          told.throttles += 1
          return throttled()
        }
        if (fate > 0.1 || !WRITES.includes(operation)) return undefined
        told.conflicts += 1
        return transactionConflict()
      },
      lost: (operation) => {
        if (!armed || !WRITES.includes(operation) || random() > 0.04) return undefined
        told.lost += 1
        return lost()
      },
    },
  })
}, 120_000)
afterAll(() => cell?.stop())

test('rings are made and taken back over a table that conflicts, throttles and loses its answers', async () => {
  const { tenant, cloud, demo } = cell
  armed = true
  const clusters = await Promise.all([1, 2, 3].map(() => postRing(tenant)))
  for (const { operation } of clusters) expect(await ended(tenant, operation.id)).toMatchObject({ state: 'succeeded' })
  const deletes = await Promise.all(clusters.map(({ id }) => deleteRing(tenant, id)))
  for (const { operation } of deletes) expect(await ended(tenant, operation.id)).toMatchObject({ state: 'succeeded' })
  armed = false
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  expect(Math.min(told.conflicts, told.throttles, told.lost)).toBeGreaterThan(0)
}, 120_000)
