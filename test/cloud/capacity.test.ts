import { Cluster } from '../../shared/contract/cluster.ts'
import { type AlteredTemplate, alteredTemplate, hostsPerGroup, smallHosts } from '../support/altered-template.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { until } from '../support/until.ts'

/** Two nodes in each AZ, and a host takes three of them: of a second ring one node in each AZ finds no room. */
const TWO_OF_THREE = { engine: 'valkey', shards: 3, replicas: 1, size: '2g' }

let template: AlteredTemplate
let cell: Cell
beforeAll(async () => {
  template = alteredTemplate((resources) => {
    hostsPerGroup(resources, 1)
    smallHosts(resources, 'r7g.medium')
  })
  cell = await givenCell({ outDir: template.outDir })
}, 120_000)
afterAll(async () => {
  await cell?.stop()
  template.remove()
})

test('a ring for which there is no room waits, says so, and is ready when there is', async () => {
  const { tenant, cloud, demo } = cell
  const first = await postRing(tenant, TWO_OF_THREE)
  expect(await ended(tenant, first.operation.id)).toMatchObject({ state: 'succeeded' })

  const second = await postRing(tenant, TWO_OF_THREE)
  const waiting = await until('it says that there is no room', async () => {
    const cluster = await tenant.call('GET', `/v1/clusters/${second.id}`, Cluster)
    return cluster.conditions[0]?.reason === 'WaitingForCapacity' ? cluster : undefined
  })
  expect(waiting).toMatchObject({ state: 'creating', conditions: [{ type: 'Ready', status: false }] })
  expect(cloud.ecs.tasks().filter((task) => task.lastStatus === 'PROVISIONING')).toHaveLength(3)

  const deleted = await deleteRing(tenant, first.id)
  expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await ended(tenant, second.operation.id)).toMatchObject({ state: 'succeeded' })

  const last = await deleteRing(tenant, second.id)
  expect(await ended(tenant, last.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
})
