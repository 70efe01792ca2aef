import { FUNCTION_VARIABLES, type FunctionName } from '../../shared/platform/env.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const MOMENTS = 10
/** The API's own worker is killed as well, but a caller whose request dies with it is told so, and asks again. */
const NAMES = (Object.keys(FUNCTION_VARIABLES) as FunctionName[]).filter((name) => name !== 'api')

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 300_000)
afterAll(() => cell?.stop())

/** From a random moment on, kills the first worker that is seen at work; answers whose it was, if there was one in time. */
async function killOne(seed: number, over: () => boolean): Promise<FunctionName | undefined> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3_000))
  while (!over()) {
    const order = NAMES.map((_, i) => NAMES[(i + seed) % NAMES.length]).filter((name) => name !== undefined)
    const killed = order.find((name) => cell.cloud.lambda.kill(cell.cloud.functionName(name)) > 0)
    if (killed) return killed
    await new Promise((resolve) => setImmediate(resolve))
  }
  return undefined
}

const killed: (FunctionName | undefined)[] = []

test.each(Array.from({ length: MOMENTS }, (_, i) => i))(
  'a create ends ready though a worker is killed at a random moment (%i)',
  async (seed) => {
    const { tenant, cloud, demo } = cell
    const cluster = await postRing(tenant)
    let over = false
    const [operation, whose] = await Promise.all([
      ended(tenant, cluster.operation.id, 120_000).finally(() => {
        over = true
      }),
      killOne(seed, () => over),
    ])
    killed.push(whose)
    expect(operation).toMatchObject({ state: 'succeeded' })
    const deleted = await deleteRing(tenant, cluster.id)
    expect((await ended(tenant, deleted.operation.id, 120_000)).state).toBe('succeeded')
    expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  },
  300_000,
)

test('most of those moments did kill somebody', () => {
  expect(killed.filter((whose) => whose !== undefined).length).toBeGreaterThanOrEqual(MOMENTS / 2)
})
