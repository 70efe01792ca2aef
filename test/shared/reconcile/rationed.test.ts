import { noteWake } from '../../../shared/clusters/wake.ts'
import type { Containers } from '../../../shared/platform/containers.ts'
import type { Decision } from '../../../shared/reconcile/model.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

let loop: GivenLoop
/** What was asked of ECS. */
let asked: Partial<Record<keyof Containers, number>>
async function given(options: Parameters<typeof givenLoop>[0] = {}): Promise<void> {
  loop = await givenLoop(options)
  asked = {}
  const real = loop.deps.containers
  const count = (name: keyof Containers): void => {
    asked[name] = (asked[name] ?? 0) + 1
  }
  loop.deps.containers = {
    ...real,
    register: (definition) => {
      count('register')
      return real.register(definition)
    },
    describe: (arns) => {
      if (arns.length > 0) count('describe')
      return real.describe(arns)
    },
    listStartedBy: (starter) => {
      count('listStartedBy')
      return real.listStartedBy(starter)
    },
  }
}
afterEach(() => loop.stop())

const does =
  (step: string) =>
  ({ decision, steps }: Decision): boolean =>
    decision === 'act' && steps.some(({ name }) => name === step)
async function last(id: string, until: (decision: Decision) => boolean): Promise<Decision> {
  const decision = (await loop.run(id, 'me', until)).at(-1)
  if (!decision) throw new Error('nothing was decided')
  return decision
}

test('rings that are made at once take turns at defining their tasks: who has to wait asks ECS for nothing', async () => {
  await given()
  const ids = Array.from({ length: 23 }, (_, n) => `clu_${n}`)
  for (const id of ids) await loop.cluster(id)
  // Turns come with time: it stands still until all have asked.
  const { now } = loop.clock
  const askedAt = now()
  loop.clock.now = () => askedAt
  const ends = []
  for (const id of ids) ends.push(await last(id, ({ decision, steps }) => decision === 'pause' || steps[0]?.name === 'LaunchNodes'))
  const waiting = ends.filter(({ decision }) => decision === 'pause')
  loop.clock.now = now
  expect([asked.register, waiting.length]).toEqual([20, 3])
  for (const { cluster_id } of waiting) await last(cluster_id, ({ steps }) => steps[0]?.name === 'LaunchNodes')
  expect(asked.register).toBe(23)
})

test('the removal of a ring waits while turns are few, and says why', async () => {
  await given()
  await loop.cluster('clu_gone', { intent: 'absent', state: 'deleting' })
  const { definitionTurns } = loop.deps
  let few = true
  loop.deps.definitionTurns = { ...definitionTurns, spare: async () => !few && definitionTurns.spare() }
  await last('clu_gone', ({ decision }) => decision === 'pause')
  expect(await loop.read('clu_gone')).toMatchObject({
    state: 'deleting',
    conditions: [{ reason: 'BackingOff', message: expect.stringContaining('rings that are being made go first') }],
  })
  few = false
  await loop.run('clu_gone')
  expect((await loop.read('clu_gone')).state).toBe('deleted')
})

test('while nothing is told of nodes that start, ECS is asked of them a few times a minute only', async () => {
  await given({ hosts: { min: 0, max: 0 } })
  await loop.cluster('clu_slow')
  const decision = await last('clu_slow', does('AwaitNodes'))
  asked = {}
  await loop.step(decision, { name: 'AwaitNodes', ordinals: [0, 1, 2, 3, 4, 5] })
  expect(asked.describe).toBeLessThanOrEqual(3)
})

test('as soon as as much is told as was missing, ECS is asked', async () => {
  await given({ hosts: { min: 0, max: 0 } })
  await loop.cluster('clu_told')
  const decision = await last('clu_told', does('AwaitNodes'))
  asked = {}
  const { sleep } = loop.clock
  let slept = 0
  loop.clock.sleep = async (ms) => {
    slept += 1
    if (slept <= 6) await noteWake(loop.table, 'clu_told', loop.clock.now())
    return sleep(slept <= 6 ? 1 : ms)
  }
  let toldAt = 0
  const { describe } = loop.deps.containers
  loop.deps.containers.describe = (arns) => {
    if (asked.describe === 1) toldAt = slept
    return describe(arns)
  }
  await loop.step(decision, { name: 'AwaitNodes', ordinals: [0, 1, 2, 3, 4, 5] })
  expect(toldAt).toBe(6)
})

test('a look after the first asks for the tasks that are known, and for others only before the ring is called ready', async () => {
  await given()
  await loop.cluster('clu_one')
  await last('clu_one', does('AwaitNodes'))
  asked = {}
  await loop.observe('clu_one', 'me', 7)
  expect(asked).toEqual({ describe: 1 })
  await loop.observe('clu_one', 'me', 0)
  expect(asked).toEqual({ describe: 2, listStartedBy: 1 })
})
