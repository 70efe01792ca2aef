import { readNodes } from '../../../../shared/clusters/nodes.ts'
import { Superseded } from '../../../../shared/reconcile/steps/context.ts'
import { prepare, writeDown } from '../../../../shared/reconcile/steps/launch-records.ts'
import { type GivenLoop, givenLoop } from '../../../support/given-loop.ts'

let loop: GivenLoop
beforeEach(async () => {
  loop = await givenLoop()
})
afterEach(() => loop.stop())

const PLACE = { az: 'a', group: 'g', distinctHosts: false }

/** What a step of this execution would launch, with the cluster as it was when the step began. */
async function launch(ordinals: number[]) {
  await loop.cluster('clu_a')
  await loop.run('clu_a', 'me', ({ steps }) => steps.some(({ name }) => name === 'LaunchNodes'))
  const context = { deps: loop.deps, table: loop.table, cluster: await loop.read('clu_a'), ordinals }
  const prepared = ordinals.map((ordinal) =>
    prepare(context, { id: `nod_${ordinal}`, ordinal, shard: ordinal % 3, role: 'primary', attempt: 1 }, PLACE, undefined),
  )
  return { context, prepared }
}

test.each(['fence', 'generation'] as const)('a step that was held up until the %s is another writes nothing down', async (what) => {
  const { context, prepared } = await launch([0, 1, 2])
  const late = { ...context, cluster: { ...context.cluster, [what]: context.cluster[what] - 1 } }
  await expect(writeDown(late, prepared)).rejects.toThrow(Superseded)
  expect(await readNodes(loop.table, 'clu_a')).toEqual([])
})

test('more nodes than a transaction takes are all written down', async () => {
  const { context, prepared } = await launch(Array.from({ length: 150 }, (_, i) => i))
  await writeDown(context, prepared)
  expect(await readNodes(loop.table, 'clu_a')).toHaveLength(150)
})
