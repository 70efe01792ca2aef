import { Cluster } from '../../shared/contract/cluster.ts'
import { type AlteredTemplate, alteredTemplate, hostsPerGroup, operationTimeout } from '../support/altered-template.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

let template: AlteredTemplate
let cell: Cell
beforeAll(async () => {
  template = alteredTemplate((resources) => {
    hostsPerGroup(resources, 0)
    operationTimeout(resources, 8)
  })
  cell = await givenCell({ outDir: template.outDir })
}, 120_000)
afterAll(async () => {
  await cell?.stop()
  template.remove()
})

test('a create that is not ready at its deadline fails with what it waited for, tells its webhook, and takes everything back', async () => {
  const { tenant, cloud, demo, receiver } = cell
  const cluster = await postRing(tenant)
  const operation = await ended(tenant, cluster.operation.id)
  expect(operation).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded' } })
  expect(operation.error?.message).toMatch(/^The cluster was not ready after 8 s: it was waiting for room on the hosts/)
  expect(await receiver.next(cluster.id, ['cluster.failed'], 10_000)).toMatchObject({ data: { state: 'failed', error: operation.error } })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  const failed = await tenant.call('GET', `/v1/clusters/${cluster.id}`, Cluster)
  expect(failed).toMatchObject({ state: 'failed', conditions: [{ status: false, reason: 'Failed', message: operation.error?.message }] })

  const deleted = await deleteRing(tenant, cluster.id)
  expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
})
