import { ClientException, ECSClient } from '@aws-sdk/client-ecs'
import { readNodes } from '../../../shared/clusters/nodes.ts'
import { type Containers, containers } from '../../../shared/platform/containers.ts'
import { ID_PREFIXES } from '../../../shared/platform/ids.ts'
import type { Decision, Step } from '../../../shared/reconcile/model.ts'
import { newCluster } from '../../support/cluster.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'
import { until } from '../../support/until.ts'

let loop: GivenLoop
let real: Containers
beforeEach(async () => {
  loop = await givenLoop()
  real = loop.deps.containers
})
afterEach(() => loop.stop())

const LAUNCH: Step = { name: 'LaunchNodes', ordinals: [0, 1, 2, 3, 4, 5] }
const launches = ({ decision, steps }: Decision): boolean => decision === 'act' && steps.some(({ name }) => name === 'LaunchNodes')
const running = (): number => loop.ecs.tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length

/** A cluster whose nodes are about to be launched. */
async function ready(id: string): Promise<Decision> {
  await loop.cluster(id)
  const decision = (await loop.run(id, 'me', launches)).at(-1)
  if (!decision) throw new Error('nothing was decided')
  return decision
}

test('a launch that is done again while ECS does not know its tasks yet starts no second one', async () => {
  const decision = await ready('clu_unseen')
  await loop.step(decision, LAUNCH)
  loop.deps.containers = { ...real, describe: async () => [] }
  await loop.step(decision, LAUNCH)
  expect([loop.ecs.tasks().length, (await loop.read('clu_unseen')).failures]).toEqual([6, {}])
})

test('a launch whose answers were lost, done again, takes up the tasks that it had started', async () => {
  const decision = await ready('clu_lost')
  loop.deps.containers = {
    ...real,
    run: async (request) => {
      await real.run(request)
      throw new Error('the answer was lost')
    },
  }
  await loop.step(decision, LAUNCH)
  loop.deps.containers = real
  expect((await loop.read('clu_lost')).failures.LaunchNodes).toMatchObject({
    message: "it failed with Error; the platform's log says why",
    count: 1,
  })
  await loop.step(decision, LAUNCH)
  expect((await readNodes(loop.table, 'clu_lost')).map(({ task_arn }) => task_arn).sort()).toEqual(
    loop.ecs
      .tasks()
      .map(({ arn }) => arn)
      .sort(),
  )
  expect(running()).toBe(6)
})

test('one refused launch leaves none of its siblings under way when the step answers', async () => {
  const decision = await ready('clu_half')
  let asked = 0
  let answered = 0
  loop.deps.containers = {
    ...real,
    run: async (request) => {
      asked += 1
      if (asked === 1) throw new Error('throttled')
      await new Promise((resolve) => setTimeout(resolve, 30))
      const answer = await real.run(request)
      answered += 1
      return answer
    },
  }
  await loop.step(decision, LAUNCH)
  expect([asked, answered]).toEqual([6, 5])
})

test('nodes that share a network are given ports, others with every attempt, and no interface, group or name', async () => {
  const [hosts] = loop.deps.cell.hostClasses
  if (!hosts) throw new Error('the cell has no hosts')
  loop.deps.cell.hostClasses = [{ ...hosts, network: 'shared' }]
  // Ports come of a node's id: of random ones two may have the same.
  let ids = 0
  loop.deps.newId = (kind) => {
    ids += 1
    return `${ID_PREFIXES[kind]}_${String(ids).padStart(26, '0')}`
  }
  await loop.cluster('clu_shared', { network: 'shared' })
  const decisions = await loop.run('clu_shared', 'me', launches)
  const decision = decisions.at(-1)
  if (!decision) throw new Error('nothing was decided')
  expect(decisions.flatMap(({ steps }) => steps.map(({ name }) => name))).not.toContain('OpenNetwork')
  await loop.step(decision, LAUNCH)
  const before = await readNodes(loop.table, 'clu_shared')
  const [first] = before
  for (const { request, ports } of before) {
    const { networkConfiguration, overrides } = JSON.parse(request)
    expect(networkConfiguration).toBeUndefined()
    expect(overrides.containerOverrides[0].environment).toContainEqual({ name: 'RINGHOLD_CLIENT_PORT', value: String(ports.client) })
  }
  expect(new Set(before.map(({ ports }) => ports.client)).size).toBe(6)
  loop.ecs.killTask(first?.task_arn ?? '')
  await until('it is dead', () => loop.ecs.tasks().find(({ arn, lastStatus }) => arn === first?.task_arn && lastStatus === 'STOPPED'))
  await loop.step(decision, { name: 'LaunchNodes', ordinals: [first?.ordinal ?? 0] })
  const [again] = await readNodes(loop.table, 'clu_shared')
  expect([again?.attempt, again?.id]).toEqual([2, first?.id])
  expect(again?.ports).not.toEqual(first?.ports)
})

test('a ring of 240 nodes is launched with at most 40 calls at once, and taken back', async () => {
  const spec = { ...newCluster('clu_large').spec, shards: 60, replicas: 3 }
  await loop.cluster('clu_large', { spec })
  let now = 0
  let most = 0
  loop.deps.containers = {
    ...real,
    run: async (request) => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now -= 1
      return { placed: true, task: { arn: request.clientToken ?? '', phase: 'starting' } }
    },
  }
  const decision = (await loop.run('clu_large', 'me', launches)).at(-1)
  if (!decision) throw new Error('nothing was decided')
  for (const each of decision.steps) await loop.step(decision, each)
  expect((await readNodes(loop.table, 'clu_large')).filter(({ task_arn }) => task_arn)).toHaveLength(240)
  expect(most).toBe(40)

  const failure = { code: 'node_failed', message: 'Node 1 stopped 5 times' }
  await loop.table.update('CLUSTER#clu_large', { update: 'SET failure = :failure', values: { ':failure': failure } })
  loop.deps.containers = { ...real, describe: async (arns) => arns.map((arn) => ({ arn, phase: 'stopped' })) }
  await loop.run('clu_large')
  expect(await loop.read('clu_large')).toMatchObject({ state: 'failed' })
  expect(await readNodes(loop.table, 'clu_large')).toEqual([])
})

test('a delete in the middle of a launch leaves no record of which nobody knows whether it owns a task', async () => {
  const decision = await ready('clu_deleted')
  const absent = { update: 'SET generation = :two, intent = :absent', values: { ':two': 2, ':absent': 'absent' } }
  loop.dynamo.documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args)
        if (String(commandName).startsWith('Put')) await loop.table.update('CLUSTER#clu_deleted', absent)
        return answer
      },
    { step: 'initialize' },
  )
  await loop.step(decision, LAUNCH)
  const records = await readNodes(loop.table, 'clu_deleted')
  expect(records.map(({ task_arn }) => task_arn === undefined)).toEqual(Array(6).fill(false))
})

test('what ECS will not place is waited for as capacity, not held against the step', async () => {
  await ready('clu_full')
  loop.deps.containers = { ...real, run: async () => ({ placed: false, reason: 'RESOURCE:MEMORY' }) }
  await loop.run('clu_full', 'me', ({ decision }) => decision === 'pause')
  const { conditions } = await loop.read('clu_full')
  expect(conditions).toMatchObject([{ type: 'Ready', status: false, reason: 'WaitingForCapacity' }])
  expect(conditions[0]?.message).toContain('node 0: RESOURCE:MEMORY')
})

test('too many provisioning tasks in the cell are a lack of capacity as well', async () => {
  const ecs = new ECSClient({ region: 'us-east-1', credentials: { accessKeyId: 'step', secretAccessKey: 'local' } })
  ecs.middlewareStack.add(() => async () => {
    throw new ClientException({ message: 'Tasks provisioning capacity limit exceeded.', $metadata: {} })
  })
  const answer = await containers(ecs, 'cell').run({ taskDefinition: 't' })
  expect(answer).toEqual({ placed: false, reason: 'Tasks provisioning capacity limit exceeded.' })
})

test('a request that ECS has refused for minutes is given up for a new one, as the cell is now', async () => {
  const decision = await ready('clu_moved')
  loop.deps.containers = { ...real, run: () => Promise.reject(new Error('the capacity provider is gone')) }
  await loop.step(decision, LAUNCH)
  const before = await readNodes(loop.table, 'clu_moved')
  loop.deps.containers = real
  await loop.step(await loop.observe('clu_moved'), LAUNCH)
  const repeated = await readNodes(loop.table, 'clu_moved')
  expect(repeated.map(({ request }) => request)).toEqual(before.map(({ request }) => request))

  await loop.cluster('clu_stale')
  const again = (await loop.run('clu_stale', 'me', launches)).at(-1)
  if (!again) throw new Error('nothing was decided')
  loop.deps.containers = { ...real, run: () => Promise.reject(new Error('the capacity provider is gone')) }
  for (let failures = 0; failures < 5; failures += 1) await loop.step(again, LAUNCH)
  loop.clock.skip(301_000)
  loop.deps.containers = real
  await loop.step(await loop.observe('clu_stale'), LAUNCH)
  const renewed = await readNodes(loop.table, 'clu_stale')
  expect(renewed.map(({ attempt, task_arn }) => [attempt, task_arn !== undefined])).toEqual(Array(6).fill([2, true]))
})
