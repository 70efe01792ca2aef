import { useRing } from '../../local/demo/use-ring.ts'
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

const alive = (clusterId: string) =>
  cell.cloud.ecs.tasks().filter(({ startedBy, lastStatus }) => startedBy?.endsWith(clusterId) && lastStatus !== 'STOPPED')
const connect = (clusterId: string) => cell.tenant.call('GET', `/v1/clusters/${clusterId}/connection`, Connection)
const isWhole = async (clusterId: string) =>
  (await cell.tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)).conditions[0]?.reason === 'Verified' || undefined
const isHurt = async (clusterId: string) => !(await isWhole(clusterId)) || undefined
/** All keys, though connections to nodes that are gone fail. */
const serves = async (clusterId: string) => (await readDemo(await connect(clusterId)).catch(() => 0)) === 64 || undefined

async function remove(clusterId: string): Promise<void> {
  const deleted = await deleteRing(cell.tenant, clusterId)
  expect(await ended(cell.tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cell.cloud, cell.demo.tenant_id)).toEqual(NOTHING)
}

test('a ring of which a lost zone had half of the primaries serves on, and is whole when the zone is back', async () => {
  const cluster = await postRing(cell.tenant, { engine: 'valkey', shards: 4, replicas: 1, size: '256m' })
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  // Of the first and the fourth shard.
  const az = cell.cloud.template.hostGroups[0]?.az ?? ''
  cell.cloud.ecs.loseAz(az)
  await until('the loss is seen', () => isHurt(cluster.id))
  await until('all of it is served without the zone', () => serves(cluster.id), 100_000)
  expect(await isWhole(cluster.id)).toBeUndefined()
  cell.cloud.ecs.restoreAz(az)
  await until('it is whole again', () => isWhole(cluster.id), 150_000)
  expect([alive(cluster.id).length, await readDemo(await connect(cluster.id))]).toEqual([8, 64])
  await remove(cluster.id)
}, 300_000)

test('a ring that loses one zone’s host after the other, each when it was whole again, has lost nothing', async () => {
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  const azs = [...new Set(cell.cloud.template.hostGroups.map((group) => group.az))]
  // The second takes half of the primaries with it, were the first still to stand elsewhere.
  for (const az of azs.slice(0, 2)) {
    const ids = new Set(cell.cloud.ecs.hosts().flatMap(({ host }) => (host.az === az ? [host.arn] : [])))
    const host = alive(cluster.id).find(({ hostArn }) => ids.has(hostArn ?? ''))?.hostArn ?? ''
    cell.cloud.ecs.killHost(host)
    await until('the loss is seen', () => isHurt(cluster.id))
    await until(`it is whole after ${az}`, () => isWhole(cluster.id), 150_000)
    expect([alive(cluster.id).length, await readDemo(await connect(cluster.id))]).toEqual([6, 64])
  }
  await remove(cluster.id)
}, 600_000)
