import * as z from 'zod'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../aws/service.ts'
import type { TableSpec } from '../template/tables.ts'
import { type DynoxideClient, dynoxideClient } from './client.ts'
import { asking, consumedBy, type OnConsumed } from './consumed.ts'
import { itemsOf } from './items.ts'
import { startServer } from './server.ts'
import { type StreamReader, streamReader } from './stream.ts'
import { createTableInput, DescribedTable, refuseOther } from './table.ts'
import { deleteExpired } from './time-to-live.ts'

export interface DynamoOptions {
  tables: TableSpec[]
  /** Undefined keeps the tables in memory. */
  dataDir?: string | undefined
  /** Told what each call used. */
  onConsumed?: OnConsumed
  onError: (error: unknown) => void
}

export interface Dynamo {
  readonly service: AwsService
  /** Calls back after each successful write, before its caller has the answer. The answer ends it. */
  onWrite(callback: () => void): () => void
  /** @throws for a table without a stream. */
  stream(table: string): StreamReader
  /** All items whose sort key begins with one of these, as plain values; only these attributes of them. */
  items(table: string, prefixes: string[], attributes: string[]): Promise<Record<string, unknown>[]>
  /** Deletes what has expired at that moment, in epoch milliseconds. @returns how many items */
  expire(now: number): Promise<number>
  stop(): Promise<void>
}

const PREFIX = 'DynamoDB_20120810.'
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])
const READS = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems', 'DescribeTable', 'DescribeTimeToLive', 'ListTables'])

/** Makes the table unless it is there, and answers its stream. */
async function ensureTable(client: DynoxideClient, spec: TableSpec): Promise<string | undefined> {
  try {
    await client.call(`${PREFIX}CreateTable`, createTableInput(spec), z.object({}))
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ResourceInUseException')) throw error
  }
  if (spec.ttlAttribute) {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: spec.ttlAttribute }
    await client.call(`${PREFIX}UpdateTimeToLive`, { TableName: spec.name, TimeToLiveSpecification }, z.object({}))
  }
  const described = await client.call(`${PREFIX}DescribeTable`, { TableName: spec.name }, DescribedTable)
  refuseOther(spec, described)
  return described.Table.LatestStreamArn
}

/** Tables exist because the template has them: nobody else makes, changes or drops one. */
function handler(client: DynoxideClient, { onConsumed }: Pick<DynamoOptions, 'onConsumed'>, written: () => void): AwsService['handle'] {
  async function forward(operation: string, { headers, body }: AwsRequest): Promise<AwsResponse> {
    if (!onConsumed) return client.forward(headers, body)
    const answer = await client.forward(headers, asking(body))
    const consumed = consumedBy(operation, body, answer)
    if (consumed) onConsumed(consumed)
    return answer
  }
  return async (request: AwsRequest): Promise<AwsResponse> => {
    const target = request.headers['x-amz-target'] ?? ''
    const operation = target.slice(PREFIX.length)
    const writes = WRITES.has(operation)
    if (!target.startsWith(PREFIX) || !(writes || READS.has(operation)))
      throw new AwsError('UnknownOperationException', `dynamodb has no local model of ${target || 'a call without X-Amz-Target'}`)
    const answer = await forward(operation, request)
    if (writes && answer.status === 200) written()
    return answer
  }
}

/** The template's tables, over an embedded server that dies with this process. */
export async function startDynamo({ tables, dataDir, onError, ...hooks }: DynamoOptions): Promise<Dynamo> {
  const server = await startServer({ dataDir, onExit: onError })
  const client = dynoxideClient(server)
  const stop = (): Promise<void> => {
    client.stop()
    return server.stop()
  }
  const streams = new Map<string, string>()
  try {
    for (const spec of tables) {
      const arn = await ensureTable(client, spec)
      if (arn) streams.set(spec.name, arn)
    }
  } catch (error) {
    await stop()
    throw error
  }
  const callbacks = new Set<() => void>()
  const written = (): void => {
    for (const callback of callbacks) callback()
  }
  return {
    service: { signingName: 'dynamodb', handle: handler(client, hooks, written) },
    onWrite: (callback) => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    stream: (table) => {
      const arn = streams.get(table)
      if (!arn) throw new Error(`table ${table} has no stream`)
      return streamReader(client, arn)
    },
    items: (table, prefixes, attributes) => itemsOf(client, table, prefixes, attributes),
    expire: async (now) => {
      const deleted = await deleteExpired(client, tables, now)
      if (deleted > 0) written()
      return deleted
    },
    stop,
  }
}
