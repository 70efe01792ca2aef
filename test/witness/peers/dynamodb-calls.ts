import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Call } from './call.ts'
import { TABLE, type World } from './worlds.ts'

type Item = Record<string, AttributeValue>
const TableName = TABLE
const key = (sk: string): Item => ({ pk: { S: 'TENANT#t' }, sk: { S: sk } })
const ABSENT = 'attribute_not_exists(pk)'
const put =
  (item: Item, over: object = {}) =>
  ({ dynamodb }: World) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: item, ...over }))
const get =
  (sk: string) =>
  ({ dynamodb }: World) =>
    dynamodb.send(new GetItemCommand({ TableName, Key: key(sk), ConsistentRead: true }))
const update =
  (sk: string, UpdateExpression: string, values: Item, over: object = {}) =>
  ({ dynamodb }: World) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: key(sk),
        UpdateExpression,
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ...over,
      }),
    )
const query =
  (over: object) =>
  ({ dynamodb }: World) =>
    dynamodb.send(new QueryCommand({ TableName, ...over }))
const transact =
  (TransactItems: object[], ClientRequestToken?: string) =>
  ({ dynamodb }: World) =>
    dynamodb.send(new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken ? { ClientRequestToken } : {}) }))
const count = (sk: string, by: string) => ({
  Update: { TableName, Key: key(sk), UpdateExpression: 'ADD used :n', ExpressionAttributeValues: { ':n': { N: by } } },
})
const OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
const due = (pk: string) =>
  query({
    IndexName: 'due',
    KeyConditionExpression: 'due_pk = :pk and due_at <= :now',
    ExpressionAttributeValues: { ':pk': { S: pk }, ':now': { S: '2026-02' } },
  })

export const dynamodbCalls: Call[] = [
  { what: 'get an item that is not there', operation: 'dynamodb:GetItem', send: get('CLUSTER#1') },
  {
    what: 'put a new item',
    operation: 'dynamodb:PutItem',
    send: put({ ...key('CLUSTER#1'), n: { N: '1' }, due_pk: { S: 'DUE#1' }, due_at: { S: '2026-01' } }, { ConditionExpression: ABSENT }),
  },
  { what: 'put it again as new', operation: 'dynamodb:PutItem', send: put(key('CLUSTER#1'), { ConditionExpression: ABSENT }) },
  {
    what: 'put it again as new, and be told what is there',
    operation: 'dynamodb:PutItem',
    send: put(key('CLUSTER#1'), { ConditionExpression: ABSENT, ...OLD }),
  },
  { what: 'get the item', operation: 'dynamodb:GetItem', send: get('CLUSTER#1') },
  { what: 'add to a number', operation: 'dynamodb:UpdateItem', send: update('CLUSTER#1', 'ADD n :n', { ':n': { N: '2' } }) },
  {
    what: 'update where a condition does not hold',
    operation: 'dynamodb:UpdateItem',
    send: update('CLUSTER#1', 'SET n = :n', { ':n': { N: '9' }, ':m': { N: '5' } }, { ConditionExpression: 'n > :m' }),
  },
  { what: 'add to what is a text', operation: 'dynamodb:UpdateItem', send: update('CLUSTER#1', 'ADD due_at :n', { ':n': { N: '1' } }) },
  { what: 'update a key', operation: 'dynamodb:UpdateItem', send: update('CLUSTER#1', 'SET sk = :n', { ':n': { S: 'x' } }) },
  { what: 'put an item without its sort key', operation: 'dynamodb:PutItem', send: put({ pk: { S: 'TENANT#t' } }) },
  { what: 'put an item with an empty key', operation: 'dynamodb:PutItem', send: put({ pk: { S: 'TENANT#t' }, sk: { S: '' } }) },
  { what: 'put an index key of another type', operation: 'dynamodb:PutItem', send: put({ ...key('EVT#1'), due_pk: { N: '1' } }) },
  {
    what: 'query by a prefix',
    operation: 'dynamodb:Query',
    send: query({
      KeyConditionExpression: 'pk = :pk and begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: 'TENANT#t' }, ':sk': { S: 'CLUSTER#' } },
    }),
  },
  { what: 'query what is due', operation: 'dynamodb:Query', send: due('DUE#1') },
  {
    what: 'query without a partition',
    operation: 'dynamodb:Query',
    send: query({ KeyConditionExpression: 'sk = :sk', ExpressionAttributeValues: { ':sk': { S: 'CLUSTER#1' } } }),
  },
  {
    what: 'query an index that is not there',
    operation: 'dynamodb:Query',
    send: query({ IndexName: 'none', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'x' } } }),
  },
  {
    what: 'take a quota and put an item in one',
    operation: 'dynamodb:TransactWriteItems',
    send: transact([count('QUOTA', '1'), { Put: { TableName, Item: key('CLUSTER#3'), ConditionExpression: ABSENT } }]),
  },
  {
    what: 'do so again where the item is there',
    operation: 'dynamodb:TransactWriteItems',
    send: transact([count('QUOTA', '1'), { Put: { TableName, Item: key('CLUSTER#3'), ConditionExpression: ABSENT, ...OLD } }]),
  },
  { what: 'see that the quota was not taken', operation: 'dynamodb:GetItem', send: get('QUOTA') },
  {
    what: 'check a condition that does not hold',
    operation: 'dynamodb:TransactWriteItems',
    send: transact([{ ConditionCheck: { TableName, Key: key('NONE'), ConditionExpression: 'attribute_exists(pk)' } }, count('QUOTA', '1')]),
  },
  { what: 'name one item twice', operation: 'dynamodb:TransactWriteItems', send: transact([count('QUOTA', '1'), count('QUOTA', '1')]) },
  { what: 'count with a token', operation: 'dynamodb:TransactWriteItems', send: transact([count('TOKEN', '1')], 'witness-token-0001') },
  {
    what: 'count with the token again',
    operation: 'dynamodb:TransactWriteItems',
    send: transact([count('TOKEN', '1')], 'witness-token-0001'),
  },
  { what: 'see that it counted once', operation: 'dynamodb:GetItem', send: get('TOKEN') },
  {
    what: 'use the token for something else',
    operation: 'dynamodb:TransactWriteItems',
    send: transact([count('TOKEN', '5')], 'witness-token-0001'),
  },
  {
    what: 'write to no table',
    operation: 'dynamodb:PutItem',
    send: ({ dynamodb }) => dynamodb.send(new PutItemCommand({ TableName: 'none', Item: key('x') })),
  },
  {
    what: 'delete an item that is not there',
    operation: 'dynamodb:DeleteItem',
    send: ({ dynamodb }) => dynamodb.send(new DeleteItemCommand({ TableName, Key: key('none') })),
  },
  {
    what: 'delete an item on a condition',
    operation: 'dynamodb:DeleteItem',
    send: ({ dynamodb }) =>
      dynamodb.send(new DeleteItemCommand({ TableName, Key: key('CLUSTER#1'), ConditionExpression: 'attribute_not_exists(n)' })),
  },
]
