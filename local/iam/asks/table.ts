import type { TableSpec } from '../../template/tables.ts'
import type { Request } from '../evaluate.ts'
import type { Arn, Asks } from './ask.ts'

/** Read by hand and not by schemas: it is on the way of every call to the table. */
type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const fields = (value: unknown): Fields => (isFields(value) ? value : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const entries = (value: unknown): [string, unknown][] => Object.entries(fields(value))

/** `{ S: 'x' }` is `x`; keys are texts, numbers or binary, all of which are written as text. */
const scalar = (value: unknown): string[] => {
  const [found] = Object.values(fields(value))
  return typeof found === 'string' ? [found] : []
}

/** The values that a key condition ties the partition to; none in a form that is not understood, so that nothing is allowed. */
function partitionsOf(query: Fields, hash: string): string[] {
  const names = fields(query.ExpressionAttributeNames)
  const values = fields(query.ExpressionAttributeValues)
  return text(query.KeyConditionExpression)
    .split(/\band\b/i)
    .flatMap((term) => {
      const [, name = '', value = ''] = /^[\s(]*([#\w.-]+)\s*=\s*(:[\w.-]+)[\s)]*$/.exec(term) ?? []
      const attribute = name.startsWith('#') ? names[name] : name
      return attribute === hash ? scalar(values[value]) : []
    })
}

/** Each kind of part of a transaction asks for what it does by itself: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const PARTS: Record<string, [action: string, key: 'Key' | 'Item']> = {
  Put: ['PutItem', 'Item'],
  Update: ['UpdateItem', 'Key'],
  Delete: ['DeleteItem', 'Key'],
  ConditionCheck: ['ConditionCheckItem', 'Key'],
  Get: ['GetItem', 'Key'],
}

/** Carries the partitions that a call goes to, if it names any: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
export function tableAsks(arn: Arn, tables: TableSpec[]): Asks {
  const hashOf = (keys: TableSpec['keys']): string => keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''
  const known = new Map(tables.map(({ name, keys, indexes }) => [name, { hash: hashOf(keys), indexes }]))
  const named = (table: unknown) => known.get(text(table).split('/').at(-1) ?? '')
  const ask = (action: string, table: unknown, partitions: string[], index?: unknown): Request => {
    const resource = arn('dynamodb', text(table).startsWith('arn:') ? text(table) : `table/${text(table)}`)
    return {
      action: `dynamodb:${action}`,
      resource: index === undefined ? resource : `${resource}/index/${text(index)}`,
      ...(partitions.length > 0 ? { context: { 'dynamodb:LeadingKeys': partitions } } : {}),
    }
  }
  const partition = (table: unknown, key: unknown): string[] => scalar(fields(key)[named(table)?.hash ?? ''])
  const one = (action: string, key: 'Key' | 'Item') => (input: unknown) => {
    const call = fields(input)
    return [ask(action, call.TableName, partition(call.TableName, call[key]))]
  }
  const query = (input: unknown): Request[] => {
    const call = fields(input)
    const table = named(call.TableName)
    const index = table?.indexes.find(({ name }) => name === call.IndexName)
    const hash = call.IndexName === undefined ? table?.hash : index && hashOf(index.keys)
    return [ask('Query', call.TableName, partitionsOf(call, hash ?? ''), call.IndexName)]
  }
  const transact = (input: unknown): Request[] =>
    (Array.isArray(input) ? input : []).flatMap((item) =>
      entries(item).map(([kind, part]) => {
        const [action, key] = PARTS[kind] ?? [kind, 'Key']
        const { TableName, [key]: at } = fields(part)
        return ask(action, TableName, partition(TableName, at))
      }),
    )
  /** By table, under that one action, all partitions together. */
  const batch = (action: string, keys: (requests: unknown) => unknown[]) => (input: unknown) =>
    entries(fields(input).RequestItems).map(([table, requests]) =>
      ask(
        action,
        table,
        keys(requests).flatMap((key) => partition(table, key)),
      ),
    )
  const written = (requests: unknown): unknown[] =>
    (Array.isArray(requests) ? requests : []).map((each) => fields(fields(each).PutRequest).Item ?? fields(fields(each).DeleteRequest).Key)
  const read = (requests: unknown): unknown[] => {
    const { Keys } = fields(requests)
    return Array.isArray(Keys) ? Keys : []
  }
  const whole = (action: string) => (input: unknown) => [ask(action, fields(input).TableName, [])]
  return {
    'dynamodb:GetItem': one('GetItem', 'Key'),
    'dynamodb:PutItem': one('PutItem', 'Item'),
    'dynamodb:UpdateItem': one('UpdateItem', 'Key'),
    'dynamodb:DeleteItem': one('DeleteItem', 'Key'),
    'dynamodb:Query': query,
    'dynamodb:Scan': (input) => [ask('Scan', fields(input).TableName, [], fields(input).IndexName)],
    'dynamodb:TransactWriteItems': (input) => transact(fields(input).TransactItems),
    'dynamodb:TransactGetItems': (input) => transact(fields(input).TransactItems),
    'dynamodb:BatchGetItem': batch('BatchGetItem', read),
    'dynamodb:BatchWriteItem': batch('BatchWriteItem', written),
    'dynamodb:DescribeTable': whole('DescribeTable'),
    'dynamodb:DescribeTimeToLive': whole('DescribeTimeToLive'),
    'dynamodb:ListTables': () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  }
}
