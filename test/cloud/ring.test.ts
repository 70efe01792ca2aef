import { useRing } from '../../local/demo/use-ring.ts'
import { credentialsParameter } from '../../shared/clusters/naming.ts'
import { Connection } from '../../shared/contract/cluster.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

let cell: Cell
/** What the functions wrote, line by line. */
const log: string[] = []
beforeAll(async () => {
  cell = await givenCell({ logs: (_function, line) => log.push(line) })
}, 300_000)
afterAll(() => cell?.stop())

test('one POST forms a real ring, a signed webhook says so, its tenant can use it, and a DELETE leaves nothing', async () => {
  const { tenant, receiver, cloud, demo } = cell
  const cluster = await postRing(tenant)
  const event = await receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], 60_000)
  expect(event).toMatchObject({ type: 'cluster.ready', data: { cluster_id: cluster.id, state: 'ready' } })
  expect((await ended(tenant, cluster.operation.id)).state).toBe('succeeded')

  const connection = await tenant.call('GET', `/v1/clusters/${cluster.id}/connection`, Connection)
  // The values of the ring's passwords, and of the certificate and key of a shared network.
  const words = cloud.ssm.read(credentialsParameter('cell-1', cluster.id)).split(/[ ,]/)
  const ofRing = words.map((word) => word.slice(word.indexOf('=') + 1))
  expect(ofRing).toHaveLength(8)
  const used = await useRing(connection)
  expect([used.written, used.read]).toEqual([64, 64])
  expect(used.nodes.filter((node) => node.role === 'primary')).toHaveLength(3)
  expect(used.nodes).toHaveLength(6)

  const deleted = await deleteRing(tenant, cluster.id)
  expect((await ended(tenant, deleted.operation.id)).state).toBe('succeeded')
  expect(await receiver.next(cluster.id, ['cluster.deleted'], 10_000)).toMatchObject({ data: { state: 'deleted' } })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)

  expect(log.some((line) => line.includes(cluster.id))).toBe(true)
  for (const secret of [demo.key, demo.webhook_secret, connection.password, ...ofRing])
    expect(log.join('\n')).not.toContain(secret.slice(-32))
})

test('a delete that comes while the ring is being made wins, and leaves nothing', async () => {
  const { tenant, cloud, demo } = cell
  const cluster = await postRing(tenant)
  await new Promise((resolve) => setTimeout(resolve, 400))
  const deleted = await deleteRing(tenant, cluster.id)
  expect((await ended(tenant, deleted.operation.id)).state).toBe('succeeded')
  expect((await ended(tenant, cluster.operation.id)).state).toBe('canceled')
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
})

test('ten rings made and deleted at once leave nothing', async () => {
  const { tenant, cloud, demo } = cell
  const clusters = await Promise.all(Array.from({ length: 10 }, () => postRing(tenant)))
  const created = await Promise.all(clusters.map((cluster) => ended(tenant, cluster.operation.id, 180_000)))
  expect(created.map((operation) => operation.state)).toEqual(Array(10).fill('succeeded'))
  const deletes = await Promise.all(clusters.map((cluster) => deleteRing(tenant, cluster.id)))
  const deleted = await Promise.all(deletes.map((cluster) => ended(tenant, cluster.operation.id, 180_000)))
  expect(deleted.map((operation) => operation.state)).toEqual(Array(10).fill('succeeded'))
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
}, 400_000)
