import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { apiKeyKey, type Key, type TenantId, tenantKey, tenantPartition } from './table.ts'

/** An expression and what its `#names` and `:values` stand for. */
export interface Change {
  update: string
  condition?: string
  names?: Record<string, string>
  values?: Record<string, unknown>
}
export interface Condition {
  condition: string
  names?: Record<string, string>
  values?: Record<string, unknown>
}
type WriteAt<Place> = Place &
  (
    | { kind: 'put'; item: object; when?: Condition }
    | ({ kind: 'update' } & Change)
    | { kind: 'delete'; when?: Condition }
    | ({ kind: 'check' } & Condition)
  )
export type Write = WriteAt<{ sk: string }>
/** To `KEY#<id>`, outside the tenants' partitions. */
export type KeyWrite = WriteAt<{ keyId: string }>

export interface Page {
  items: unknown[]
  /** The sort key to go on after; absent at the end. */
  last?: string
}

/** The only way to a tenant's items: its partition is fixed here, and so are the credentials, which reach no other. */
export interface TenantTable<More = never> {
  readonly tenant: TenantId
  /** Strongly consistent. */
  get(sortKey: string): Promise<unknown>
  query(input: { prefix: string; after?: string; limit?: number; newestFirst?: boolean }): Promise<Page>
  put(sortKey: string, item: object, when?: Condition): Promise<void>
  /** Answers the whole item after the change. Rejects with ConditionalCheckFailedException. */
  update(sortKey: string, change: Change): Promise<unknown>
  /** All or nothing; rejects with TransactionRefused. Up to 100 writes. */
  transact(writes: (Write | More)[]): Promise<void>
}

/** Which writes of a transaction said no (same order), and why: the SDK does not retry any of it. */
export class TransactionRefused extends Error {
  readonly reasons: string[]
  constructor(reasons: string[], cause: unknown) {
    super(`transaction refused: ${reasons.join(', ')}`, { cause })
    this.name = 'TransactionRefused'
    this.reasons = reasons
  }
}

const attributes = (part: { names?: Record<string, string>; values?: Record<string, unknown> }) => ({
  ...(part.names ? { ExpressionAttributeNames: part.names } : {}),
  ...(part.values ? { ExpressionAttributeValues: part.values } : {}),
})
const guarded = (when: Condition | undefined) => (when ? { ConditionExpression: when.condition, ...attributes(when) } : {})

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

function transactItem(TableName: string, Key: Key, write: Write | KeyWrite): TransactItem {
  switch (write.kind) {
    case 'put':
      return { Put: { TableName, Item: { ...write.item, ...Key }, ...guarded(write.when) } }
    case 'update':
      return {
        Update: {
          TableName,
          Key,
          UpdateExpression: write.update,
          ...(write.condition ? { ConditionExpression: write.condition } : {}),
          ...attributes(write),
        },
      }
    case 'delete':
      return { Delete: { TableName, Key, ...guarded(write.when) } }
    case 'check':
      return { ConditionCheck: { TableName, Key, ConditionExpression: write.condition, ...attributes(write) } }
  }
}

export interface TableDeps {
  tableName: string
  /** Its credentials reach the items of that tenant and nothing else. */
  documentsFor(tenant: TenantId): DynamoDBDocumentClient
}
export interface KeyTableDeps {
  tableName: string
  /** Its credentials reach the items of that tenant and API keys. */
  keyDocumentsFor(tenant: TenantId): DynamoDBDocumentClient
}
export interface OwnTableDeps {
  tableName: string
  /** With the function's own credentials, which reach no item of a tenant. */
  ownDocuments: DynamoDBDocumentClient
}
interface Client {
  tableName: string
  documents: DynamoDBDocumentClient
}

async function query({ documents, tableName }: Client, tenant: TenantId, input: Parameters<TenantTable['query']>[0]): Promise<Page> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': tenantPartition(tenant), ':prefix': input.prefix },
      ScanIndexForward: !input.newestFirst,
      ...(input.limit ? { Limit: input.limit } : {}),
      ...(input.after ? { ExclusiveStartKey: tenantKey(tenant, input.after) } : {}),
    }),
  )
  const last = answer.LastEvaluatedKey?.sk
  return { items: answer.Items ?? [], ...(typeof last === 'string' ? { last } : {}) }
}

function tableOf(client: Client, tenant: TenantId): TenantTable<KeyWrite> {
  const { documents, tableName: TableName } = client
  return {
    tenant,
    get: async (sortKey) =>
      (await documents.send(new GetCommand({ TableName, Key: tenantKey(tenant, sortKey), ConsistentRead: true }))).Item,
    query: (input) => query(client, tenant, input),
    put: async (sortKey, item, when) => {
      await documents.send(new PutCommand({ TableName, Item: { ...item, ...tenantKey(tenant, sortKey) }, ...guarded(when) }))
    },
    update: async (sortKey, change) => {
      const answer = await documents.send(
        new UpdateCommand({
          TableName,
          Key: tenantKey(tenant, sortKey),
          UpdateExpression: change.update,
          ...(change.condition ? { ConditionExpression: change.condition } : {}),
          ...attributes(change),
          ReturnValues: 'ALL_NEW',
        }),
      )
      return answer.Attributes
    },
    transact: async (writes) => {
      try {
        const TransactItems = writes.map((write) =>
          transactItem(TableName, 'keyId' in write ? apiKeyKey(write.keyId) : tenantKey(tenant, write.sk), write),
        )
        await documents.send(new TransactWriteCommand({ TransactItems }))
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error
        throw new TransactionRefused(
          (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None'),
          error,
        )
      }
    },
  }
}

export const tableFor = ({ documentsFor, tableName }: TableDeps, tenant: TenantId): TenantTable =>
  tableOf({ documents: documentsFor(tenant), tableName }, tenant)

/** A tenant's items, and API keys in the same transactions: for making, changing and revoking its keys only. */
export const keyTableFor = ({ keyDocumentsFor, tableName }: KeyTableDeps, tenant: TenantId): TenantTable<KeyWrite> =>
  tableOf({ documents: keyDocumentsFor(tenant), tableName }, tenant)
