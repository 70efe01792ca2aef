import { ECSClient, UpdateContainerInstancesStateCommand } from '@aws-sdk/client-ecs'
import { useRing } from '../../local/demo/use-ring.ts'
import { Cluster, Connection } from '../../shared/contract/cluster.ts'
import { batchesOf } from '../../shared/platform/pages.ts'
import { type AlteredTemplate, alteredTemplate, hostsPerGroup } from '../support/altered-template.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { readDemo } from '../support/read-demo.ts'
import { until } from '../support/until.ts'

let template: AlteredTemplate
let cell: Cell
beforeAll(async () => {
  template = alteredTemplate((resources) => hostsPerGroup(resources, 2))
  cell = await givenCell({ outDir: template.outDir })
}, 200_000)
afterAll(async () => {
  await cell?.stop()
  template.remove()
})

const alive = (clusterId: string) =>
  cell.cloud.ecs.tasks().filter(({ startedBy, lastStatus }) => startedBy?.endsWith(clusterId) && lastStatus !== 'STOPPED')
const on = (clusterId: string, hosts: string[]) => alive(clusterId).filter(({ hostArn }) => hosts.includes(hostArn ?? ''))
const condition = async (clusterId: string) => (await cell.tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)).conditions[0]
const connect = (clusterId: string) => cell.tenant.call('GET', `/v1/clusters/${clusterId}/connection`, Connection)

/** As whoever runs the cell. */
async function setState(hosts: string[], status: 'DRAINING' | 'ACTIVE'): Promise<void> {
  const { endpointUrl: endpoint, template: deployed } = cell.cloud
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const ecs = new ECSClient({ endpoint, region: deployed.region, credentials })
  try {
    // It takes ten a call.
    for (const containerInstances of batchesOf(hosts, 10))
      await ecs.send(new UpdateContainerInstancesStateCommand({ cluster: 'cell-1', containerInstances, status }))
  } finally {
    ecs.destroy()
  }
}

const sweep = () => cell.cloud.lambda.invoke(cell.cloud.functionName('sweep'), {})

test('nodes leave a host that is drained, one at a time, and nothing is lost', async () => {
  const cluster = await postRing(cell.tenant)
  expect(await ended(cell.tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  await useRing(await connect(cluster.id))
  const hosts = [...new Set(alive(cluster.id).flatMap(({ hostArn }) => hostArn ?? []))].slice(0, 2)
  const leaving = on(cluster.id, hosts).length
  let fewest = alive(cluster.id).length
  await setState(hosts, 'DRAINING')
  await sweep()
  await until(
    'all have left, and the ring is whole',
    async () => {
      fewest = Math.min(fewest, alive(cluster.id).length)
      return on(cluster.id, hosts).length === 0 && (await condition(cluster.id))?.reason === 'Verified' ? true : undefined
    },
    100_000,
  )
  expect([leaving > 0, fewest, alive(cluster.id).length]).toEqual([true, 5, 6])
  expect(await readDemo(await connect(cluster.id))).toBe(64)
  await setState(hosts, 'ACTIVE')
  const deleted = await deleteRing(cell.tenant, cluster.id)
  expect(await ended(cell.tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cell.cloud, cell.demo.tenant_id)).toEqual(NOTHING)
}, 200_000)

test('where no other host has room, or a node is the only copy of its shard, it stays and its ring serves', async () => {
  const whole = await postRing(cell.tenant)
  const cache = await postRing(cell.tenant, { engine: 'valkey', shards: 3, replicas: 0, size: '256m', durability: 'cache' })
  for (const { operation } of [whole, cache]) expect(await ended(cell.tenant, operation.id)).toMatchObject({ state: 'succeeded' })
  const hosts = cell.cloud.ecs.hosts().map(({ host }) => host.arn)
  const before = [...alive(whole.id), ...alive(cache.id)].map(({ arn }) => arn).sort()
  await setState(hosts, 'DRAINING')
  for (let minute = 0; minute < 3; minute += 1) {
    expect((await sweep()).functionError).toBeUndefined()
    await until('nobody looks any more', () =>
      cell.cloud.workflows.executions().every(({ status }) => status !== 'RUNNING') ? true : undefined,
    )
  }
  expect([...alive(whole.id), ...alive(cache.id)].map(({ arn }) => arn).sort()).toEqual(before)
  for (const { id } of [whole, cache]) expect(await condition(id)).toMatchObject({ status: true })
  await setState(hosts, 'ACTIVE')
  for (const { id } of [whole, cache])
    expect(await ended(cell.tenant, (await deleteRing(cell.tenant, id)).operation.id)).toMatchObject({ state: 'succeeded' })
}, 200_000)
