import { readCluster } from '../../../shared/clusters/lease.ts'
import { readNodes } from '../../../shared/clusters/nodes.ts'
import { noteWake } from '../../../shared/clusters/wake.ts'
import type { Containers } from '../../../shared/platform/containers.ts'
import { sk } from '../../../shared/platform/table.ts'
import type { Decision, Step } from '../../../shared/reconcile/model.ts'
import { runIn, shellTask } from '../../local/ecs/given.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

let loop: GivenLoop
let real: Containers
async function given(options: Parameters<typeof givenLoop>[0] = {}): Promise<void> {
  loop = await givenLoop(options)
  real = loop.deps.containers
}
afterEach(() => loop.stop())
/** Tasks wait for a host, and have no network interface that would hold on to the security group. */
const FULL = { hosts: { min: 0, max: 0 } }

const LAUNCH: Step = { name: 'LaunchNodes', ordinals: [0, 1, 2, 3, 4, 5] }
const launches = ({ decision, steps }: Decision): boolean => decision === 'act' && steps.some(({ name }) => name === 'LaunchNodes')
const alive = (): number => loop.ecs.tasks().filter((task) => task.lastStatus !== 'STOPPED').length
const nodes = async (id: string): Promise<number> => (await readNodes(loop.table, id)).length

/** A cluster whose nodes are about to be launched. */
async function prepared(id: string): Promise<Decision> {
  await loop.cluster(id)
  const decision = (await loop.run(id, 'me', launches)).at(-1)
  if (!decision) throw new Error('nothing was decided')
  return decision
}
const remove = (id: string) =>
  loop.table.update(sk.cluster(id), {
    update: 'SET generation = :two, intent = :absent, #state = :deleting, operation_id = :none',
    names: { '#state': 'state' },
    values: { ':two': 2, ':absent': 'absent', ':deleting': 'deleting', ':none': 'op_none' },
  })
/** ECS neither lists nor describes what runs, for so long: it is eventually consistent. */
function blind(ms: number): void {
  const until = loop.clock.now() + ms
  const seen = <T>(found: T[]): T[] => (loop.clock.now() < until ? [] : found)
  loop.deps.containers = {
    ...real,
    listStartedBy: async (starter) => seen(await real.listStartedBy(starter)),
    describe: async (arns) => seen(await real.describe(arns)),
  }
}

test('a cluster that is deleted before anything was made ends deleted', async () => {
  await given()
  await loop.cluster('clu_none', { intent: 'absent', state: 'deleting' })
  const decisions = await loop.run('clu_none')
  expect(decisions.map(({ decision }) => decision)).toEqual(['act', 'settle', 'end'])
  expect(await loop.read('clu_none')).toMatchObject({ state: 'deleted', conditions: [{ status: false, reason: 'Deleted' }] })
  expect([alive(), await nodes('clu_none')]).toEqual([0, 0])
})

test('tasks that were started but neither written down nor seen yet do not outlive a delete', async () => {
  await given(FULL)
  const decision = await prepared('clu_unnoted')
  const run: Containers['run'] = async (request) => {
    await real.run(request)
    throw new Error('the step was killed')
  }
  loop.deps.containers = { ...real, run }
  await loop.step(decision, LAUNCH)
  await remove('clu_unnoted')
  blind(30_000)
  await loop.run('clu_unnoted')
  expect(await loop.read('clu_unnoted')).toMatchObject({ state: 'deleted' })
  expect([loop.ecs.tasks().length, alive(), await nodes('clu_unnoted')]).toEqual([6, 0, 0])
})

test('tasks that are written down but not known to ECS yet do not outlive a delete', async () => {
  await given(FULL)
  await loop.step(await prepared('clu_unseen'), LAUNCH)
  await remove('clu_unseen')
  blind(120_000)
  await loop.run('clu_unseen')
  expect(await loop.read('clu_unseen')).toMatchObject({ state: 'deleted' })
  expect([loop.ecs.tasks().length, alive(), await nodes('clu_unseen')]).toEqual([6, 0, 0])
})

test('members that were never started do not hold up a delete for long', async () => {
  await given()
  const decision = await prepared('clu_refused')
  loop.deps.containers = { ...real, run: async () => ({ placed: false, reason: 'RESOURCE:MEMORY' }) }
  await loop.step(decision, LAUNCH)
  await remove('clu_refused')
  const before = loop.clock.now()
  await loop.run('clu_refused')
  expect(await loop.read('clu_refused')).toMatchObject({ state: 'deleted' })
  expect(loop.clock.now() - before).toBeLessThan(90_000)
})

test('a security group and a definition that are written down are removed though lists do not show them yet', async () => {
  await given()
  await prepared('clu_unlisted')
  const { security_group_id: group, task_definition_arn: definition } = (await loop.read('clu_unlisted')).resources
  await remove('clu_unlisted')
  const gone: unknown[] = []
  const { network } = loop.deps
  loop.deps.network = {
    ...network,
    find: async () => undefined,
    remove: (id) => {
      gone.push(id)
      return network.remove(id)
    },
  }
  loop.deps.containers = {
    ...real,
    deregisterFamily: async (family, known) => {
      gone.push(known)
      await real.deregisterFamily(`${family}-unlisted`, known)
    },
  }
  await loop.run('clu_unlisted')
  expect(await loop.read('clu_unlisted')).toMatchObject({ state: 'deleted' })
  expect(gone.sort()).toEqual([definition, group].sort())
  await expect(real.run(runIn('a', definition ?? ''))).rejects.toThrow('inactive')
})

test('a task that turns up after its cluster was deleted is stopped, and nothing is told or given back twice', async () => {
  await given()
  const decision = await prepared('clu_zombie')
  await loop.step(decision, LAUNCH)
  await remove('clu_zombie')
  await loop.run('clu_zombie')
  const deleted = await loop.read('clu_zombie')
  await loop.table.put(sk.quota, { clusters_used: 0, nodes_used: 0, memory_mib_used: 0 })
  const family = await real.register(shellTask('late', 'sleep 100'))
  await real.run(runIn('a', family, { startedBy: 'ten_a/clu_zombie' }))
  expect(await noteWake(loop.table, 'clu_zombie', loop.clock.now(), { evenGone: true })).toMatchObject({ wake: deleted.wake + 1 })
  await loop.run('clu_zombie', 'next')
  expect(alive()).toBe(0)
  const after = await readCluster(loop.table, 'clu_zombie')
  expect(after).toMatchObject({ state: 'deleted', version: deleted.version, expires: deleted.expires })
  expect([after?.lease_holder, after?.due_at]).toEqual([undefined, undefined])
  expect(await loop.table.get(sk.quota)).toMatchObject({ clusters_used: 0, nodes_used: 0 })
})
