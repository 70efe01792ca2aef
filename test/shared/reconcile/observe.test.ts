import { packViews } from '../../../shared/engines/packed-views.ts'
import { RingRequest } from '../../../shared/engines/ring-request.ts'
import { RingFailed } from '../../../shared/platform/ring.ts'
import { sk } from '../../../shared/platform/table.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

let loop: GivenLoop
beforeEach(async () => {
  loop = await givenLoop()
})
afterEach(() => loop.stop())

const operation = (id: string) => loop.table.get(sk.operation(`op_${id}`))
const alive = (): number => loop.ecs.tasks().filter((task) => task.lastStatus !== 'STOPPED').length

test('a create whose nodes can never be asked fails at its deadline, says so, and is taken back', async () => {
  await loop.cluster('clu_deaf')
  loop.deps.ring = () => Promise.reject(new RingFailed('{"errorType":"Sandbox.Timedout"}'))
  for (let wake = 0; wake < 30 && (await loop.read('clu_deaf')).state === 'creating'; wake += 1) {
    await loop.run('clu_deaf', `wake ${wake}`)
    const { due_at } = await loop.read('clu_deaf')
    if (due_at) loop.clock.skip(Math.max(0, Date.parse(due_at) - loop.clock.now()))
  }
  expect(await operation('clu_deaf')).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded' } })
  expect(await loop.read('clu_deaf')).toMatchObject({ state: 'failed', conditions: [{ status: false, reason: 'Failed' }] })
  expect(alive()).toBe(0)
})

test('a create whose credentials have vanished fails at its deadline', async () => {
  await loop.cluster('clu_bare')
  const { secrets } = loop.deps
  loop.deps.secrets = { ...secrets, get: async () => undefined }
  for (let wake = 0; wake < 30 && (await loop.read('clu_bare')).state === 'creating'; wake += 1) {
    await loop.run('clu_bare', `wake ${wake}`)
    const { due_at } = await loop.read('clu_bare')
    if (due_at) loop.clock.skip(Math.max(0, Date.parse(due_at) - loop.clock.now()))
  }
  expect(await operation('clu_bare')).toMatchObject({
    state: 'failed',
    error: { message: expect.stringContaining('FormRing: its credentials are missing') },
  })
})

test('a step that acts on the ring looks at tasks, and does not ask every node twice', async () => {
  await loop.cluster('clu_once')
  const asked: unknown[] = []
  loop.deps.ring = async (request) => {
    const { action, targets } = RingRequest.parse(request)
    asked.push(action)
    if (action === 'act') return { done: false, waitingFor: 'nothing', views: packViews([]) }
    return { views: packViews(targets.map(({ ordinal }) => ({ ordinal, reachable: false, reason: 'asleep' }))) }
  }
  const decision = (await loop.run('clu_once', 'me', ({ steps }) => steps.some(({ name }) => name === 'FormRing'))).at(-1)
  const form = decision?.steps.find(({ name }) => name === 'FormRing')
  if (!decision || !form) throw new Error('FormRing was not planned')
  asked.length = 0
  await loop.step(decision, form)
  expect(asked).toEqual(['act'])
})

test('an execution that has looked often enough leaves the rest to a successor, whom its wake starts', async () => {
  const { wake } = await loop.cluster('clu_turns')
  expect(await loop.observe('clu_turns', 'me', 49)).toMatchObject({ decision: 'act', turn: 50 })
  expect(await loop.observe('clu_turns', 'me', 50)).toMatchObject({ decision: 'end' })
  const left = await loop.read('clu_turns')
  expect([left.lease_holder, left.wake]).toEqual([undefined, wake + 1])
  expect(left.due_at).toBeDefined()
  expect(await loop.observe('clu_turns', 'successor')).toMatchObject({ decision: 'act', turn: 1 })
})
