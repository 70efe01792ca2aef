import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { WebhookWithSecret } from '../../shared/contract/webhook.ts'
import { dueShard, sk, tenantId, tenantPartition } from '../../shared/platform/table.ts'
import { type Cell, deleteRing, ended, givenCell, OUT, postRing } from '../support/given-cell.ts'
import { type Call, callOf } from '../support/rights/calls.ts'
import { functionRoles, hostRequests, ownRequests } from '../support/rights/own.ts'
import { requestsOf } from '../support/rights/requests.ts'
import { denied, granted, type Request, type Roles, resourcesOf, rolesOf, without } from '../support/rights/roles.ts'

const calls: Call[] = []
let cell: Cell
let roles: Roles
let made: Request[]
let others: Request[]
beforeAll(async () => {
  cell = await givenCell({ onCall: (service, request) => calls.push(callOf(service, request)) })
  await doEverything()
  const { template, endpointUrl } = cell.cloud
  const resources = resourcesOf(OUT, template, endpointUrl)
  const byFunction = functionRoles(resources)
  const ofProduct = calls.filter((call) => byFunction.has(call.caller))
  roles = rolesOf(resources)
  made = requestsOf(ofProduct, (caller) => byFunction.get(caller) ?? '', template)
  others = [...ownRequests(resources), ...hostRequests(resources)]
}, 300_000)
afterAll(() => cell?.stop())

const called = async (caller: string, operation: string): Promise<void> => {
  const end = Date.now() + 30_000
  while (!calls.some((call) => call.caller.endsWith(`-${caller}`) && call.operation === operation)) {
    if (Date.now() > end) throw new Error(`${caller} never called ${operation}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Makes items due that were not, as if every hint had been lost, and lets the sweep find them. */
async function loseHints(clusterId: string): Promise<void> {
  const { cloud, demo } = cell
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint: cloud.endpointUrl, region: cloud.template.region, credentials })
  const documents = DynamoDBDocumentClient.from(client)
  const TableName = cloud.template.tables[0]?.name
  const pk = tenantPartition(tenantId(demo.tenant_id))
  const deliveries = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': sk.delivery('') },
      Limit: 1,
    }),
  )
  for (const key of [sk.cluster(clusterId), String(deliveries.Items?.[0]?.sk)]) {
    await documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk, sk: key },
        UpdateExpression: 'SET due_pk = :shard, due_at = :past',
        ExpressionAttributeValues: { ':shard': dueShard(key), ':past': '2026-01-01T00:00:00.000Z' },
      }),
    )
  }
  client.destroy()
  await cloud.lambda.invoke(cloud.functionName('sweep'), {})
}

/** A ring comes and goes, one webhook is delivered and one is not, hints are lost, everything is read. */
async function doEverything(): Promise<void> {
  const { tenant, cloud, demo, receiver } = cell
  const unreachable = await tenant.call('POST', '/v1/webhooks', WebhookWithSecret, { url: 'http://127.0.0.1:1/' })
  const cluster = await postRing(tenant)
  await ended(tenant, cluster.operation.id)
  await receiver.next(cluster.id, ['cluster.ready'], 30_000)
  const headers = { authorization: `Bearer ${demo.key}` }
  const own = ['', '/nodes', '/connection', '/events'].map((part) => `/v1/clusters/${cluster.id}${part}`)
  for (const path of ['/v1/clusters', ...own, '/v1/operations', '/v1/events', '/v1/webhooks'])
    expect([path, (await fetch(`${cloud.apiUrl}${path}`, { headers })).status]).toEqual([path, 200])
  await called('deliver', 'SendMessage')
  await loseHints(cluster.id)
  await ended(tenant, (await deleteRing(tenant, cluster.id)).operation.id)
  await receiver.next(cluster.id, ['cluster.deleted'], 30_000)
  const removed = await fetch(`${cloud.apiUrl}/v1/webhooks/${unreachable.id}`, { method: 'DELETE', headers })
  expect(removed.status).toBe(204)
}

/** The role as a person would say it: `cell-1-ControlPlaneApiRole6BE1A293` is `ControlPlaneApiRole`. */
const named = (role: string): string => role.replace(/^.*role\/cell-1-/, '').replace(/[0-9A-F]{8}$/, '')

/** Granted though nothing here asks for it, and why. */
const SPARE: Record<string, string> = {
  // The CDK grants these together with what is needed.
  'sqs:GetQueueUrl': 'part of the grant to send to, or to be fed from, a queue',
  'sqs:GetQueueAttributes': 'part of the grant to put aside what a stream could not deliver',
  'sqs:ChangeMessageVisibility': 'part of the grant to be fed from a queue',
  'ec2:DescribeSecurityGroups': 'finds a group by its name when a crash kept it from being written down',
}
const unused = (of: Roles): string[] => {
  const asked = new Set([...made, ...others].map(({ role, action }) => `${role} ${action}`))
  return granted(of)
    .filter(([role, action]) => !asked.has(`${role} ${action}`) && !(action in SPARE))
    .map(([role, action]) => `${named(role)} ${action}`)
}

test('every call that the product makes is allowed by its function’s role, in that partition, cluster and cell', () => {
  expect(denied(roles, made)).toEqual([])
})

test('what AWS does in the name of a role because the template says so is allowed', () => {
  expect(denied(roles, others)).toEqual([])
})

test('nothing else is allowed', () => {
  expect(unused(roles)).toEqual([])
})

test('any one right that is missing is noticed, and so is one too many', () => {
  const needed = granted(roles).filter(([, action]) => !(action in SPARE))
  const unnoticed = needed.filter(([role, action]) => denied(without(roles, role, action), [...made, ...others]).length === 0)
  expect(unnoticed).toEqual([])
  const [role = ''] = [...roles.keys()].filter((arn) => arn.includes('ApiRole'))
  const scan = { Effect: 'Allow' as const, Action: ['dynamodb:Scan'], Resource: ['*'], Condition: {} }
  expect(unused(new Map([...roles, [role, [...(roles.get(role) ?? []), scan]]]))).toEqual(['ControlPlaneApiRole dynamodb:Scan'])
})

test('a function may not do to another cell what it does to its own', () => {
  const elsewhere = (text: string): string => text.replaceAll('cell-1', 'cell-2')
  const abroad = made.map((request) => ({
    ...request,
    resource: elsewhere(request.resource),
    ...(request.context
      ? { context: Object.fromEntries(Object.entries(request.context).map(([key, values]) => [key, values.map(elsewhere)])) }
      : {}),
  }))
  const changed = abroad.filter((request, index) => JSON.stringify(request) !== JSON.stringify(made[index]))
  expect(changed.length).toBeGreaterThan(50)
  expect(changed.filter((request) => denied(roles, [request]).length === 0)).toEqual([])
})
