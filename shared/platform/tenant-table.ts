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
import { type TenantId, tenantKey, tenantPartition } from './table.ts'

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
export type Write =
  | { kind: 'put'; sk: string; item: object; when?: Condition }
  | ({ kind: 'update'; sk: string } & Change)
  | { kind: 'delete'; sk: string; when?: Condition }
  | ({ kind: 'check'; sk: string } & Condition)

export interface Page {
  items: unknown[]
  /** The sort key to go on after; absent at the end. */
  last?: string
}

/** The only way to a tenant's items: its partition is fixed here, so that credentials scoped to it can stand behind. */
export interface TenantTable {
  readonly tenant: TenantId
  /** Strongly consistent. */
  get(sortKey: string): Promise<unknown>
  query(input: { prefix: string; after?: string; limit?: number; newestFirst?: boolean }): Promise<Page>
  put(sortKey: string, item: object, when?: Condition): Promise<void>
  /** Answers the whole item after the change. Rejects with ConditionalCheckFailedException. */
  update(sortKey: string, change: Change): Promise<unknown>
  /** All or nothing; rejects with TransactionRefused. Up to 100 writes. */
  transact(writes: Write[]): Promise<void>
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

function transactItem(TableName: string, tenant: TenantId, write: Write): TransactItem {
  const Key = tenantKey(tenant, write.sk)
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
  documents: DynamoDBDocumentClient
  tableName: string
}

async function query({ documents, tableName }: TableDeps, tenant: TenantId, input: Parameters<TenantTable['query']>[0]): Promise<Page> {
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

export function tableFor(deps: TableDeps, tenant: TenantId): TenantTable {
  const { documents, tableName: TableName } = deps
  return {
    tenant,
    get: async (sortKey) =>
      (await documents.send(new GetCommand({ TableName, Key: tenantKey(tenant, sortKey), ConsistentRead: true }))).Item,
    query: (input) => query(deps, tenant, input),
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
        await documents.send(new TransactWriteCommand({ TransactItems: writes.map((write) => transactItem(TableName, tenant, write)) }))
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
