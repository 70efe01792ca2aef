import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../../local/cloud.ts'
import { apiKeyKey, sk, type TenantId, tenantId, tenantKey, tenantPartition } from '../../shared/platform/table.ts'
import { type TableClients, tableClients } from '../../shared/platform/tenant-clients.ts'
import { keyTableFor, tableFor } from '../../shared/platform/tenant-table.ts'
import { givenCloud } from '../support/given-cell.ts'

const [ONE, TWO] = [tenantId('ten_one'), tenantId('ten_two')]
let cloud: Cloud
let tableName: string
const opened: DynamoDBClient[] = []
const before = process.env.AWS_ENDPOINT_URL
beforeAll(async () => {
  cloud = await givenCloud()
  process.env.AWS_ENDPOINT_URL = cloud.endpointUrl
  tableName = cloud.template.tables[0]?.name ?? ''
  for (const tenant of [ONE, TWO]) await as('api').table(tenant).put(sk.tenant, { id: tenant })
}, 120_000)
afterAll(async () => {
  if (before === undefined) delete process.env.AWS_ENDPOINT_URL
  else process.env.AWS_ENDPOINT_URL = before
  for (const client of opened) client.destroy()
  await cloud?.stop()
})

/** What a function has at hand: its own client, and those that it makes of it. */
function as(name: string) {
  const functionName = cloud.functionName(name)
  const credentials = { accessKeyId: functionName, secretAccessKey: 'local' }
  const client = new DynamoDBClient({ region: cloud.template.region, credentials, maxAttempts: 1 })
  opened.push(client)
  const clients: TableClients = tableClients({ client })
  const { environment = {} } = cloud.template.functions.find((spec) => spec.name === functionName) ?? {}
  const under = (variable: string) => clients.under(environment[variable] ?? '')
  return {
    own: clients.ownDocuments,
    of: under('TENANT_ROLE_ARN'),
    ofKeys: under('KEYS_ROLE_ARN'),
    table: (tenant: TenantId) => tableFor({ tableName, documentsFor: under('TENANT_ROLE_ARN') }, tenant),
    keys: (tenant: TenantId) => keyTableFor({ tableName, keyDocumentsFor: under('KEYS_ROLE_ARN') }, tenant),
    environment,
  }
}
const get = (documents: DynamoDBDocumentClient, Key: object) => documents.send(new GetCommand({ TableName: tableName, Key: { ...Key } }))
const query = (documents: DynamoDBDocumentClient, more: object) =>
  documents.send(new QueryCommand({ TableName: tableName, KeyConditionExpression: '', ...more }))
const partition = (tenant: TenantId) => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': tenantPartition(tenant) },
})
const put = (tenant: TenantId) => ({ Put: { TableName: tableName, Item: { ...tenantKey(tenant, 'X'), x: 1 } } })
const DENIED = { name: 'AccessDeniedException' }

/** All that code may do that was handed one tenant's client and forgets whose it is. */
const FORGETFUL: Record<string, (documents: DynamoDBDocumentClient) => Promise<unknown>> = {
  'reads an item of another tenant': (one) => get(one, tenantKey(TWO, sk.tenant)),
  'writes one': (one) => one.send(new PutCommand({ TableName: tableName, Item: { ...tenantKey(TWO, 'X') } })),
  'lists its partition': (one) => query(one, partition(TWO)),
  'names a partition that begins like its own': (one) => get(one, { pk: `${tenantPartition(ONE)}x`, sk: sk.tenant }),
  'writes to both in one transaction': (one) => one.send(new TransactWriteCommand({ TransactItems: [put(ONE), put(TWO)] })),
  'reads both in one batch': (one) =>
    one.send(new BatchGetCommand({ RequestItems: { [tableName]: { Keys: [tenantKey(ONE, sk.tenant), tenantKey(TWO, sk.tenant)] } } })),
  'scans the table': (one) => one.send(new ScanCommand({ TableName: tableName })),
  'scans for its own items': (one) =>
    one.send(
      new ScanCommand({ TableName: tableName, FilterExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': tenantPartition(ONE) } }),
    ),
  'reads what is due, of all tenants': (one) =>
    query(one, { IndexName: 'due', KeyConditionExpression: 'due_pk = :due', ExpressionAttributeValues: { ':due': 'DUE#clu#0' } }),
  'asks an index for its own partition': (one) =>
    query(one, { ...partition(ONE), IndexName: 'due', KeyConditionExpression: 'due_pk = :pk' }),
  'reads an API key': (one) => get(one, apiKeyKey('key_1')),
  'makes itself an API key': (one) => one.send(new PutCommand({ TableName: tableName, Item: { ...apiKeyKey('key_1') } })),
}

test('a tenant’s client reaches its items', async () => {
  const { table, of } = as('api')
  expect(await table(ONE).get(sk.tenant)).toMatchObject({ id: ONE })
  expect((await table(ONE).query({ prefix: 'TEN' })).items).toHaveLength(1)
  await table(ONE).transact([{ kind: 'put', sk: 'X', item: { x: 1 } }])
  expect(await query(of(ONE), partition(ONE))).toMatchObject({ Count: 2 })
})

test.each(Object.keys(FORGETFUL))('code with one tenant’s client that %s gets AccessDenied', async (what) => {
  await expect(FORGETFUL[what]?.(as('api').of(ONE))).rejects.toMatchObject(DENIED)
})

test.each(['api', 'observe', 'step', 'wake', 'sweep', 'outbox', 'deliver'])(
  'function %s by itself reaches no tenant’s item, and through its role no other tenant’s',
  async (name) => {
    const { own, of } = as(name)
    await expect(get(own, tenantKey(ONE, sk.tenant))).rejects.toMatchObject(DENIED)
    await expect(own.send(new PutCommand({ TableName: tableName, Item: { ...tenantKey(ONE, 'X') } }))).rejects.toMatchObject(DENIED)
    await expect(query(own, partition(ONE))).rejects.toMatchObject(DENIED)
    await expect(own.send(new ScanCommand({ TableName: tableName }))).rejects.toMatchObject(DENIED)
    await expect(own.send(new TransactWriteCommand({ TransactItems: [put(ONE)] }))).rejects.toMatchObject(DENIED)
    for (const forget of Object.values(FORGETFUL)) await expect(forget(of(ONE))).rejects.toMatchObject(DENIED)
  },
)

test('whoever looks keys up reads keys, and writes none', async () => {
  const { own } = as('api')
  expect((await get(own, apiKeyKey('key_none'))).Item).toBeUndefined()
  await expect(own.send(new PutCommand({ TableName: tableName, Item: { ...apiKeyKey('key_1') } }))).rejects.toMatchObject(DENIED)
  for (const name of ['wake', 'deliver', 'step']) await expect(get(as(name).own, apiKeyKey('key_1'))).rejects.toMatchObject(DENIED)
})

test('whoever changes keys writes a tenant’s key and what its partition says of it together, for that tenant only', async () => {
  const { keys, ofKeys } = as('api')
  await keys(ONE).transact([
    { kind: 'put', keyId: 'key_1', item: { key_id: 'key_1' } },
    { kind: 'put', sk: 'KEY#key_1', item: { key_id: 'key_1' } },
  ])
  const documents = ofKeys(ONE)
  await expect(get(documents, tenantKey(TWO, sk.tenant))).rejects.toMatchObject(DENIED)
  await expect(documents.send(new TransactWriteCommand({ TransactItems: [put(TWO)] }))).rejects.toMatchObject(DENIED)
  await expect(query(documents, partition(ONE))).rejects.toMatchObject(DENIED)
  await expect(documents.send(new ScanCommand({ TableName: tableName }))).rejects.toMatchObject(DENIED)
})

test('no function assumes another’s role, nor the ring any', async () => {
  const { TENANT_ROLE_ARN = '', KEYS_ROLE_ARN = '' } = as('api').environment
  for (const [name, role] of [
    ['deliver', TENANT_ROLE_ARN],
    ['deliver', KEYS_ROLE_ARN],
    ['ring', TENANT_ROLE_ARN],
  ] as const) {
    const credentials = { accessKeyId: cloud.functionName(name), secretAccessKey: 'local' }
    const client = new DynamoDBClient({ region: cloud.template.region, credentials })
    opened.push(client)
    const call = get(tableClients({ client }).under(role)(ONE), tenantKey(ONE, sk.tenant))
    await expect(call).rejects.toMatchObject({ name: 'AssumeRoleError', code: 'AccessDenied' })
  }
})
