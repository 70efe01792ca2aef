import { addressesOf, useRing } from '../../local/demo/use-ring.ts'
import { Cluster, Connection } from '../../shared/contract/cluster.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { readDemo } from '../support/read-demo.ts'
import { until } from '../support/until.ts'

let cell: Cell
beforeAll(async () => {
  cell = await givenCell()
}, 200_000)
afterAll(() => cell?.stop())

const tasksOf = (clusterId: string) => cell.cloud.ecs.tasks().filter(({ startedBy }) => startedBy?.endsWith(clusterId))
const alive = (clusterId: string) => tasksOf(clusterId).filter(({ lastStatus }) => lastStatus !== 'STOPPED')
const condition = async (clusterId: string) => (await cell.tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)).conditions[0]
const connect = (clusterId: string) => cell.tenant.call('GET', `/v1/clusters/${clusterId}/connection`, Connection)

async function remove(clusterId: string): Promise<void> {
  const deleted = await deleteRing(cell.tenant, clusterId)
  expect(await ended(cell.tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cell.cloud, cell.demo.tenant_id)).toEqual(NOTHING)
}

test('a node that dies while its ring is being made is started again, and the ring ends ready', async () => {
  const cluster = await postRing(cell.tenant)
  const victim = await until('a node runs', () => tasksOf(cluster.id).find(({ lastStatus }) => lastStatus === 'RUNNING'))
  expect(cell.cloud.ecs.killTask(victim.arn)).toBe(true)
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  expect([alive(cluster.id).length, tasksOf(cluster.id).length]).toEqual([6, 7])
  expect(await useRing(await connect(cluster.id))).toMatchObject({ written: 64, read: 64 })
  await remove(cluster.id)
})

test('a ring that loses a host with two of its nodes gets others in their place, and has lost nothing', async () => {
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  const host = alive(cluster.id)[0]?.hostArn ?? ''
  const lost = alive(cluster.id).filter(({ hostArn }) => hostArn === host)
  cell.cloud.ecs.killHost(host)
  await until('the loss is seen', async () => ((await condition(cluster.id))?.status === false ? true : undefined))
  await until('the ring is whole again', async () => ((await condition(cluster.id))?.status ? true : undefined), 100_000)
  expect([lost.length, alive(cluster.id).length, tasksOf(cluster.id).length]).toEqual([2, 6, 8])
  const connection = await connect(cluster.id)
  const hosts = new Map(cell.cloud.ecs.hosts().map(({ host: { arn, address } }) => [arn, address]))
  const addresses = alive(cluster.id).map(({ hostArn }) => hosts.get(hostArn ?? ''))
  expect(
    addressesOf(connection)
      .map(({ host: each }) => each)
      .sort(),
  ).toEqual(addresses.sort())
  expect(await readDemo(connection)).toBe(64)
  await remove(cluster.id)
}, 200_000)

test('a ring on a host that dies without a word gets others in place of its nodes as soon as the sweep has asked EC2', async () => {
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  const { ecs, lambda } = cell.cloud
  const sweep = () => lambda.invoke(cell.cloud.functionName('sweep'), {})
  const host = alive(cluster.id)[0]?.hostArn ?? ''
  const there = () => alive(cluster.id).flatMap(({ hostArn, lastStatus }) => (hostArn === host ? lastStatus : []))
  await ecs.setAgentConnected(host, false)
  // It may only be cut off.
  expect((await sweep()).functionError).toBeUndefined()
  expect([ecs.hosts().some((state) => state.host.arn === host), there()]).toEqual([true, ['RUNNING', 'RUNNING']])
  ecs.killHost(host)
  expect(there()).toEqual(['RUNNING', 'RUNNING'])
  expect((await sweep()).functionError).toBeUndefined()
  expect(ecs.hosts().some((state) => state.host.arn === host)).toBe(false)
  await until(
    'the ring is whole again, elsewhere',
    async () => {
      const [left, all] = [there(), alive(cluster.id)]
      return left.length === 0 && all.length === 6 && (await condition(cluster.id))?.reason === 'Verified' ? true : undefined
    },
    100_000,
  )
  expect([tasksOf(cluster.id).length, await readDemo(await connect(cluster.id))]).toEqual([8, 64])
  await remove(cluster.id)
}, 200_000)

test('a cache of which a shard is gone serves again, with that shard empty', async () => {
  const cluster = await postRing(cell.tenant, { engine: 'valkey', shards: 3, replicas: 0, size: '256m', durability: 'cache' })
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  cell.cloud.ecs.killTask(alive(cluster.id)[0]?.arn ?? '')
  await until('the loss is seen', async () => ((await condition(cluster.id))?.status === false ? true : undefined))
  await until('it serves again', async () => ((await condition(cluster.id))?.status ? true : undefined))
  const kept = await readDemo(await connect(cluster.id))
  expect([kept > 0, kept < 64]).toEqual([true, true])
  await remove(cluster.id)
})
