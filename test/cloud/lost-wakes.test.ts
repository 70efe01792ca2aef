import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { documentClient } from '../../shared/platform/aws-clients.ts'
import { sk, tenantId } from '../../shared/platform/table.ts'
import { tableFor } from '../../shared/platform/tenant-table.ts'
import { tableOver } from '../local/dynamodb/given.ts'
import { type AlteredTemplate, alteredTemplate, withoutStream } from '../support/altered-template.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const policy = new URL('../../local/webhook-policy.ts', import.meta.url).href
const deaf = new URL('../support/deaf-api.ts', import.meta.url).href

let template: AlteredTemplate
let cell: Cell
/** Neither the API's hint nor the table's stream starts anything: both are lost. */
beforeAll(async () => {
  template = alteredTemplate((resources) => withoutStream(resources, 'cell-1-wake'))
  cell = await givenCell({ outDir: template.outDir, overrides: { api: deaf, deliver: policy } })
}, 120_000)
afterAll(async () => {
  await cell?.stop()
  template.remove()
})

const config = () => ({
  endpoint: cell.cloud.endpointUrl,
  region: cell.cloud.template.region,
  credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
})
/** What a minute of the sweep's waiting does. */
async function makeDue(clusterId: string): Promise<void> {
  const client = new DynamoDBClient(config())
  const tableName = cell.cloud.template.tables[0]?.name ?? ''
  const table = tableFor(tableOver(documentClient(client), tableName), tenantId(cell.demo.tenant_id))
  await table.update(sk.cluster(clusterId), { update: 'SET due_at = :past', values: { ':past': '2026-01-01T00:00:00.000Z' } })
  client.destroy()
}
const sweep = () => cell.cloud.lambda.invoke(cell.cloud.functionName('sweep'), {})
const executions = (clusterId: string): string[] =>
  cell.cloud.workflows.executions().flatMap(({ name }) => (name.startsWith(clusterId) ? [name] : []))

test('a create and a delete whose every hint was lost are taken up by the sweep', async () => {
  const { tenant, cloud, demo } = cell
  const cluster = await postRing(tenant)
  await sweep()
  expect(executions(cluster.id)).toEqual([])
  await makeDue(cluster.id)
  await sweep()
  expect(await ended(tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(executions(cluster.id)).toContain(`${cluster.id}.1.2`)

  const deleted = await deleteRing(tenant, cluster.id)
  await makeDue(cluster.id)
  await sweep()
  expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
})

test('of executions that are started at once for one cluster, one acts', async () => {
  const { tenant, cloud, demo } = cell
  const cluster = await postRing(tenant)
  const sfn = new SFNClient(config())
  const input = JSON.stringify({ tenant_id: demo.tenant_id, cluster_id: cluster.id, turn: 0 })
  const stateMachineArn = cloud.template.stateMachines[0]?.arn
  const names = ['one', 'two', 'three', 'four', 'five'].map((name) => `${cluster.id}.1.${name}`)
  await Promise.all(names.map((name) => sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }))))
  sfn.destroy()
  expect(await ended(tenant, cluster.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(cloud.ecs.tasks().filter(({ startedBy }) => startedBy?.endsWith(cluster.id))).toHaveLength(6)
  const transitions = cloud.workflows.executions().flatMap((each) => (names.includes(each.name) ? [each.transitions] : []))
  // Observe, Decide, Done.
  expect(transitions.filter((count) => count === 3)).toHaveLength(4)

  const deleted = await deleteRing(tenant, cluster.id)
  await makeDue(cluster.id)
  await sweep()
  expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
  expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
})
