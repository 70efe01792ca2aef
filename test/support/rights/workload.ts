import { createServer } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ECSClient, UpdateContainerInstancesStateCommand } from '@aws-sdk/client-ecs'
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { api } from '../../../local/demo/api.ts'
import { taskFamily } from '../../../shared/clusters/naming.ts'
import { ClusterPreview } from '../../../shared/contract/cluster-preview.ts'
import { KeyWithSecret } from '../../../shared/contract/key.ts'
import { Tenant } from '../../../shared/contract/tenant.ts'
import { Webhook, WebhookWithSecret } from '../../../shared/contract/webhook.ts'
import { idMaker } from '../../../shared/platform/ids.ts'
import { dueShard, sk, tenantId, tenantKey, tenantPartition } from '../../../shared/platform/table.ts'
import { type Cell, deleteRing, ended, postRing, RING } from '../given-cell.ts'
import { everyThing, stop } from '../orphan-things.ts'

const Anything = z.unknown()
/** Nobody listens there. */
const UNREACHABLE = 'http://127.0.0.1:1/'

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${what} never came about`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Does something to the table as whoever runs the cell. */
async function atTable<T>(
  { cloud }: Cell,
  act: (documents: DynamoDBDocumentClient, TableName: string | undefined) => Promise<T>,
): Promise<T> {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint: cloud.endpointUrl, region: cloud.template.region, credentials })
  try {
    return await act(DynamoDBDocumentClient.from(client), cloud.template.tables[0]?.name)
  } finally {
    client.destroy()
  }
}

const Due = z.object({ sk: z.string(), id: z.string() })

/** Makes the first item under a sort key due, as if every hint had been lost, and lets the sweep find it. */
async function sweepUp(cell: Cell, tenant: string, ...prefixes: string[]): Promise<void> {
  const pk = tenantPartition(tenantId(tenant))
  await atTable(cell, async (documents, TableName) => {
    for (const prefix of prefixes) {
      const KeyConditionExpression = 'pk = :pk AND begins_with(sk, :prefix)'
      const ExpressionAttributeValues = { ':pk': pk, ':prefix': prefix }
      const found = await documents.send(new QueryCommand({ TableName, KeyConditionExpression, ExpressionAttributeValues, Limit: 1 }))
      const { sk: key, id } = Due.parse(found.Items?.[0])
      const UpdateExpression = 'SET due_pk = :shard, due_at = :past'
      const values = { ':shard': dueShard(id), ':past': '2026-01-01T00:00:00.000Z' }
      await documents.send(new UpdateCommand({ TableName, Key: { pk, sk: key }, UpdateExpression, ExpressionAttributeValues: values }))
    }
  })
  await cell.cloud.lambda.invoke(cell.cloud.functionName('sweep'), {})
}

/** A receiver that says it is gone has its webhook disabled; one that is not there is tried again; what was sent is sent again. */
async function webhooks({ tenant, demo }: Cell, clusterId: string): Promise<void> {
  const gone = createServer((_, response) => response.writeHead(410).end())
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
  const address = gone.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  try {
    const { id } = await tenant.call('POST', '/v1/webhooks', WebhookWithSecret, { url })
    await tenant.call('POST', `/v1/webhooks/${id}/test`, Anything, {})
    await until('a webhook that is gone is disabled', async () =>
      (await tenant.call('GET', `/v1/webhooks/${id}`, Webhook)).state === 'disabled' ? true : undefined,
    )
  } finally {
    gone.close()
  }
  const path = `/v1/webhooks/${demo.webhook_id}/deliveries`
  const Deliveries = z.object({ items: z.array(z.object({ id: z.string(), state: z.string() })) })
  const sent = await until(`a delivery about ${clusterId} is over`, async () =>
    (await tenant.call('GET', path, Deliveries)).items.find(({ state }) => state === 'succeeded'),
  )
  await tenant.call('POST', `${path}/${sent.id}/redeliver`, Anything, {})
}

/** A key is made, rotated and revoked. */
async function keys({ cloud, demo }: Cell): Promise<void> {
  const platform = api(cloud.apiUrl, demo.platform_key)
  const path = `/v1/tenants/${demo.tenant_id}/keys`
  const made = await platform.call('POST', path, KeyWithSecret, {})
  const successor = await platform.call('POST', `${path}/${made.id}/rotate`, KeyWithSecret, {})
  await platform.call('DELETE', `${path}/${successor.id}`, Anything)
}

/** A tenant goes with all that it has, though the API died as soon as it had said so: all of it is left to the sweep. */
async function goingTenant(cell: Cell): Promise<void> {
  const platform = api(cell.cloud.apiUrl, cell.demo.platform_key)
  const { id } = await platform.call('POST', '/v1/tenants', Tenant, { name: 'going' })
  const { key } = await platform.call('POST', `/v1/tenants/${id}/keys`, KeyWithSecret, {})
  const tenant = api(cell.cloud.apiUrl, key)
  await tenant.call('POST', '/v1/webhooks', WebhookWithSecret, { url: UNREACHABLE })
  await postRing(tenant)
  const Key = tenantKey(tenantId(id), sk.tenant)
  await atTable(cell, (documents, TableName) =>
    documents.send(
      new UpdateCommand({
        ...{ TableName, Key, UpdateExpression: 'SET #state = :deleting' },
        ...{ ExpressionAttributeNames: { '#state': 'state' }, ExpressionAttributeValues: { ':deleting': 'deleting' } },
      }),
    ),
  )
  await until(`the end of tenant ${id}`, async () => {
    await sweepUp(cell, id, sk.tenant)
    return (await platform.call('GET', `/v1/tenants/${id}`, Tenant)).state === 'deleted' ? true : undefined
  })
}

/** Large nodes have interfaces of their own, a group and a name. */
async function largeRing({ tenant }: Cell): Promise<void> {
  const cluster = await postRing(tenant, { engine: 'valkey', shards: 3, replicas: 0, size: '4g' })
  await ended(tenant, cluster.operation.id)
  await ended(tenant, (await deleteRing(tenant, cluster.id)).operation.id)
}

/** Long before any of ours was made. */
const NOBODYS = idMaker(() => Date.parse('2026-01-01T00:00:00Z'))('cluster')

/** A host is drained, and the rings on it are told to leave. */
async function drainedHost(cell: Cell, clusterId: string): Promise<void> {
  const { cloud } = cell
  const hostArn = cloud.ecs.tasks().find(({ startedBy }) => startedBy?.endsWith(clusterId))?.hostArn ?? ''
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const ecs = new ECSClient({ endpoint: cloud.endpointUrl, region: cloud.template.region, credentials })
  const setStatus = (status: 'DRAINING' | 'ACTIVE') =>
    ecs.send(new UpdateContainerInstancesStateCommand({ cluster: 'cell-1', containerInstances: [hostArn], status }))
  const idle = () => cloud.workflows.executions().every(({ status }) => status !== 'RUNNING') || undefined
  try {
    await setStatus('DRAINING')
    await cloud.lambda.invoke(cloud.functionName('sweep'), {})
    await until('the ring has seen it', idle)
    await setStatus('ACTIVE')
  } finally {
    ecs.destroy()
  }
}

/** A host on which nothing runs dies without a word, and is taken off the books. */
async function goneHost({ cloud }: Cell): Promise<void> {
  const { ecs } = cloud
  const host = ecs.hosts().find(({ tasks }) => tasks.length === 0)?.host.arn ?? ''
  await ecs.setAgentConnected(host, false)
  ecs.killHost(host)
  await cloud.lambda.invoke(cloud.functionName('sweep'), {})
  if (ecs.hosts().some((state) => state.host.arn === host)) throw new Error(`host ${host} is still on the books`)
}

/** Things of a cluster that no tenant has, and a counter that is off, are put right by whoever looks for such. */
async function orphans(cell: Cell, clusterId: string): Promise<void> {
  const { cloud, demo } = cell
  await stop(cloud, await everyThing(cloud, demo.tenant_id, NOBODYS, taskFamily('cell-1', clusterId)))
  await atTable(cell, (documents, TableName) =>
    documents.send(
      new UpdateCommand({
        ...{ TableName, Key: tenantKey(tenantId(demo.tenant_id), sk.quota) },
        ...{ UpdateExpression: 'ADD nodes_used :one', ExpressionAttributeValues: { ':one': 1 } },
      }),
    ),
  )
  const { functionError, payload } = await cloud.lambda.invoke(cloud.functionName('orphans'), { repair: true, clusters: [NOBODYS] })
  if (functionError) throw new Error(`orphans failed: ${JSON.stringify(payload)}`)
}

/**
 * A ring comes and goes, one webhook is delivered, one is not and one is gone; keys and a tenant come and go; hints are lost;
 * everything is read.
 * @param tried whether a delivery that failed was put off
 */
export async function doEverything(cell: Cell, tried: () => boolean): Promise<void> {
  const { tenant, cloud, demo, receiver } = cell
  const unreachable = await tenant.call('POST', '/v1/webhooks', WebhookWithSecret, { url: UNREACHABLE })
  await tenant.call('POST', '/v1/clusters?dry_run=true', ClusterPreview, RING)
  const cluster = await postRing(tenant)
  await ended(tenant, cluster.operation.id)
  await receiver.next(cluster.id, ['cluster.ready'], 30_000)
  const own = ['', '/nodes', '/connection', '/events'].map((part) => `/v1/clusters/${cluster.id}${part}`)
  for (const path of ['/v1/clusters', ...own, '/v1/operations', '/v1/events', '/v1/webhooks']) await tenant.call('GET', path, Anything)
  await webhooks(cell, cluster.id)
  await keys(cell)
  await largeRing(cell)
  await until('a delivery is put off', () => tried() || undefined)
  await sweepUp(cell, demo.tenant_id, sk.cluster(cluster.id), sk.allDeliveries)
  await drainedHost(cell, cluster.id)
  await goneHost(cell)
  await orphans(cell, cluster.id)
  await ended(tenant, (await deleteRing(tenant, cluster.id)).operation.id)
  await receiver.next(cluster.id, ['cluster.deleted'], 30_000)
  await goingTenant(cell)
  const headers = { authorization: `Bearer ${demo.key}` }
  const removed = await fetch(`${cloud.apiUrl}/v1/webhooks/${unreachable.id}`, { method: 'DELETE', headers })
  if (removed.status !== 204) throw new Error(`DELETE of a webhook answered ${removed.status}`)
}
