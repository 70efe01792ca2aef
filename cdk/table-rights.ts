import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import type { FunctionName } from '../shared/platform/env.ts'
import { apiKeyKey, DUE_INDEX, dueShards, tenantId, tenantPartition } from '../shared/platform/table.ts'
import type { CellFunction } from './function.ts'

type ItemAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem'
const REMEMBERING = ['api', 'observe', 'step', 'wake', 'sweep', 'outbox', 'deliver'] as const satisfies FunctionName[]
type Remembering = (typeof REMEMBERING)[number]

/** What each does to items of tenants, by key or partition: never a scan. A transaction takes the actions of its items. */
const TENANTS: Record<Remembering, ItemAction[]> = {
  api: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  observe: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
  step: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  wake: ['GetItem', 'UpdateItem'],
  sweep: ['UpdateItem'],
  outbox: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
  deliver: ['GetItem', 'UpdateItem'],
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
const inPartitions = (partitions: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } })

/**
 * Who may do what to the table. API keys stand outside the tenants' partitions, and only the API reaches them: with them
 * anybody could be another.
 */
export function tableRights(functions: Record<Remembering, CellFunction>, table: ITable): void {
  const tenants = inPartitions([tenantPartition(tenantId('*'))])
  for (const { fn, actions } of REMEMBERING.map((name) => ({ fn: functions[name], actions: TENANTS[name] })))
    fn.may(actions, 'dynamodb', [table.tableArn], tenants)
  const { api, sweep } = functions
  api.may(['GetItem', 'PutItem'], 'dynamodb', [table.tableArn], inPartitions([apiKeyKey('*').pk]))
  // What is due, of all tenants: the index holds keys only.
  sweep.may(['Query'], 'dynamodb', [`${table.tableArn}/index/${DUE_INDEX}`], inPartitions(dueShards()))
}
