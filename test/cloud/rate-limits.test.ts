import { deleteRing, ended, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { givenSimulatedCell, type SimulatedCell } from '../support/simulated-cloud.ts'

const RINGS = 4
const PATIENCE_MS = 240_000
const QUOTA = { clusters: RINGS, nodes: 100, cpu_units: 100_000, memory_mib: 100_000, requests_per_second: 1_000 }
let cell: SimulatedCell
beforeAll(async () => {
  // A seventh of what AWS allows, as when others in the account use the rest: the product is refused though it takes its turns.
  cell = await givenSimulatedCell(QUOTA, { rateScale: 0.15 })
}, 300_000)
afterAll(() => cell?.stop())

test('rings that are made at once all come to be ready while AWS refuses calls for their rate, and all go, and leave nothing', async () => {
  const { tenant, calls, cloud, tenantId } = cell
  const made = await Promise.all(Array.from({ length: RINGS }, () => postRing(tenant)))
  const created = await Promise.all(made.map(({ operation }) => ended(tenant, operation.id, PATIENCE_MS)))
  expect(created.map(({ state }) => state)).toEqual(Array(RINGS).fill('succeeded'))
  const gone = await Promise.all(made.map(({ id }) => deleteRing(tenant, id)))
  const deleted = await Promise.all(gone.map(({ operation }) => ended(tenant, operation.id, PATIENCE_MS)))
  expect(deleted.map(({ state }) => state)).toEqual(Array(RINGS).fill('succeeded'))
  expect(calls.refused).toBeGreaterThan(0)
  expect(await leftovers(cloud, tenantId)).toEqual(NOTHING)
}, 600_000)
