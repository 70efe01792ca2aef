import { type AlteredTemplate, alteredTemplate, reserved } from '../support/altered-template.ts'
import { deleteRing, ended, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { givenSimulatedCell, type SimulatedCell } from '../support/simulated-cloud.ts'

const RINGS = 4
const PATIENCE_MS = 300_000
const QUOTA = { clusters: RINGS, nodes: 100, cpu_units: 100_000, memory_mib: 100_000, requests_per_second: 1_000 }
let template: AlteredTemplate
let cell: SimulatedCell
beforeAll(async () => {
  // Fewer than there are rings: steps of one keep others out.
  template = alteredTemplate((resources) => reserved(resources, { observe: 1, step: 2, wake: 1, deliver: 1 }))
  cell = await givenSimulatedCell(QUOTA, { outDir: template.outDir })
}, 300_000)
afterAll(async () => {
  await cell?.stop()
  template.remove()
})

test('rings that are made at once all come to be ready while functions have no room for them, and all go, and leave nothing', async () => {
  const { tenant, cloud, tenantId } = cell
  const made = await Promise.all(Array.from({ length: RINGS }, () => postRing(tenant)))
  const created = await Promise.all(made.map(({ operation }) => ended(tenant, operation.id, PATIENCE_MS)))
  expect(created.map(({ state }) => state)).toEqual(Array(RINGS).fill('succeeded'))
  const gone = await Promise.all(made.map(({ id }) => deleteRing(tenant, id)))
  const deleted = await Promise.all(gone.map(({ operation }) => ended(tenant, operation.id, PATIENCE_MS)))
  expect(deleted.map(({ state }) => state)).toEqual(Array(RINGS).fill('succeeded'))
  for (const name of ['observe', 'step']) expect(cloud.lambda.throttles(cloud.functionName(name))).toBeGreaterThan(0)
  expect(await leftovers(cloud, tenantId)).toEqual(NOTHING)
}, 900_000)
