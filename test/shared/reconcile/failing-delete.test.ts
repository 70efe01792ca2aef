import { sk } from '../../../shared/platform/table.ts'
import type { StepDeps } from '../../../shared/reconcile/deps.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

const broken = () => Promise.reject(Object.assign(new Error('it is broken'), { name: 'Broken' }))
/** What may be refused for long, and what the tenant is told that the delete was waiting for. */
const BREAKAGES: [string, RegExp, (deps: StepDeps) => Partial<StepDeps>][] = [
  ['tasks', /StopNodes/, ({ containers }) => ({ containers: { ...containers, stop: broken } })],
  ['the definition', /RemoveDefinition/, ({ containers }) => ({ containers: { ...containers, deregisterFamily: broken } })],
  ['the security group', /CloseNetwork/, ({ network }) => ({ network: { ...network, remove: broken } })],
  ['a security group in use', /network, names/, ({ network }) => ({ network: { ...network, remove: async () => 'in-use' } })],
  ['the credentials', /RemoveCredentials/, ({ secrets }) => ({ secrets: { ...secrets, delete: broken } })],
  ['the name', /RemoveNames/, ({ names }) => ({ names: { ...names, remove: broken } })],
]

let loop: GivenLoop
let wakes = 0
beforeEach(async () => {
  loop = await givenLoop()
  wakes = 0
})
afterEach(() => loop.stop())

const operation = () => loop.table.get(sk.operation('op_clu_a'))
/** Lets wakes come as the sweep would bring them. */
async function follow(until: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60 && !(await until()); tries += 1) {
    wakes += 1
    await loop.run('clu_a', `wake ${wakes}`)
    const { due_at } = await loop.read('clu_a')
    if (due_at) loop.clock.skip(Math.max(0, Date.parse(due_at) - loop.clock.now()))
  }
}

test.each(BREAKAGES)(
  'a delete that cannot take back %s fails its operation after the deadline, goes on, and ends',
  async (_, sentence, break_) => {
    const whole = { ...loop.deps }
    await loop.cluster('clu_a')
    await loop.run('clu_a', 'me', ({ steps }) => steps.some(({ name }) => name === 'AwaitNodes'))
    await loop.table.update(sk.cluster('clu_a'), {
      update: 'SET intent = :absent, #state = :deleting, generation = :two',
      names: { '#state': 'state' },
      values: { ':absent': 'absent', ':deleting': 'deleting', ':two': 2 },
    })
    loop.clock.skip(180_000)
    Object.assign(loop.deps, break_(whole))
    await follow(async () => Object(await operation()).state === 'failed')
    expect(await operation()).toMatchObject({ error: { code: 'deadline_exceeded', message: expect.stringMatching(sentence) } })
    expect(await loop.read('clu_a')).toMatchObject({ state: 'deleting' })
    // The lease is not held through all that: somebody looks, and goes.
    await follow(async () => (await loop.read('clu_a')).lease_holder === undefined)
    const failed = await operation()

    Object.assign(loop.deps, whole)
    await follow(async () => (await loop.read('clu_a')).state === 'deleted')
    expect(await loop.read('clu_a')).toMatchObject({ state: 'deleted', failures: {} })
    expect(loop.ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')).toEqual([])
    expect(await operation()).toEqual(failed)
    expect(await loop.table.get(sk.quota)).toMatchObject({ clusters_used: 0 })
  },
)
