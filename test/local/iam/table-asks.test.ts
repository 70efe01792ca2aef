import { describe, expect, it } from '@jest/globals'
import { arnIn } from '../../../local/iam/asks/ask.ts'
import { tableAsks } from '../../../local/iam/asks/table.ts'
import { cellTable } from '../dynamodb/given.ts'

const asks = tableAsks(arnIn({ account: '1', region: 'eu-west-1' }), [cellTable])
const TABLE = 'arn:aws:dynamodb:eu-west-1:1:table/cell-1'
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } })
const values = { ':pk': { S: 'T#a' }, ':sk': { S: 'x' }, ':two': { S: 'T#b' } }
const query = (KeyConditionExpression: string, more: object = {}) => ({
  TableName: 'cell-1',
  KeyConditionExpression,
  ExpressionAttributeValues: values,
  ...more,
})
const keys = (...partitions: string[]) => ({ context: { 'dynamodb:LeadingKeys': partitions } })
const asked = (operation: string, input: object) => asks[`dynamodb:${operation}`]?.(input)

describe('a call to the table carries the partitions that it names:', () => {
  it.each([
    ['GetItem', { Key: key('T#a') }],
    ['PutItem', { Item: key('T#a') }],
    ['UpdateItem', { Key: key('T#a') }],
    ['DeleteItem', { Key: key('T#a') }],
  ])('%s', (operation, input) => {
    expect(asked(operation, { TableName: 'cell-1', ...input })).toEqual([
      { action: `dynamodb:${operation}`, resource: TABLE, ...keys('T#a') },
    ])
    expect(asked(operation, { TableName: TABLE, ...input })).toEqual([{ action: `dynamodb:${operation}`, resource: TABLE, ...keys('T#a') }])
  })

  it.each([
    ['pk = :pk', keys('T#a')],
    ['pk=:pk AND begins_with(sk, :sk)', keys('T#a')],
    ['begins_with(sk, :sk) and (pk = :pk)', keys('T#a')],
    ['sk BETWEEN :sk AND :sk AND pk = :pk', keys('T#a')],
    ['#p = :pk', keys('T#a')],
    ['pk = :pk AND #p = :two', keys('T#a', 'T#b')],
    // Not understood, or no partition at all: nothing is carried, and the Null check refuses.
    ['sk = :sk', {}],
    ['pk = :missing', {}],
    ['begins_with(pk, :pk)', {}],
    ['pk > :pk', {}],
    ['', {}],
  ])('Query %j', (expression, context) => {
    const input = query(expression, { ExpressionAttributeNames: { '#p': 'pk' } })
    expect(asked('Query', input)).toEqual([{ action: 'dynamodb:Query', resource: TABLE, ...context }])
  })

  it('a Query of an index asks for the index, and carries the index’s own partition', () => {
    const input = query('due_pk = :pk AND pk = :two', { IndexName: 'due' })
    expect(asked('Query', input)).toEqual([{ action: 'dynamodb:Query', resource: `${TABLE}/index/due`, ...keys('T#a') }])
    const unknown = query('pk = :pk', { IndexName: 'other' })
    expect(asked('Query', unknown)).toEqual([{ action: 'dynamodb:Query', resource: `${TABLE}/index/other` }])
  })

  it('a Query by the older KeyConditions carries none', () => {
    const KeyConditions = { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'T#a' }] } }
    expect(asked('Query', { TableName: 'cell-1', KeyConditions })).toEqual([{ action: 'dynamodb:Query', resource: TABLE }])
  })

  it('a Scan carries none', () => {
    expect(asked('Scan', { TableName: 'cell-1' })).toEqual([{ action: 'dynamodb:Scan', resource: TABLE }])
    expect(asked('Scan', { TableName: 'cell-1', IndexName: 'due' })).toEqual([{ action: 'dynamodb:Scan', resource: `${TABLE}/index/due` }])
  })

  it('a transaction asks for each of its parts by itself', () => {
    const at = (pk: string) => ({ TableName: 'cell-1', Key: key(pk) })
    const TransactItems = [
      { Put: { TableName: 'cell-1', Item: key('T#a') } },
      { Update: at('T#b') },
      { Delete: at('T#c') },
      { ConditionCheck: at('T#d') },
      { Replace: at('T#e') },
    ]
    expect(asked('TransactWriteItems', { TransactItems })).toEqual(
      [
        ['PutItem', 'T#a'],
        ['UpdateItem', 'T#b'],
        ['DeleteItem', 'T#c'],
        ['ConditionCheckItem', 'T#d'],
        ['Replace', 'T#e'],
      ].map(([action, pk]) => ({ action: `dynamodb:${action}`, resource: TABLE, ...keys(pk ?? '') })),
    )
    expect(asked('TransactGetItems', { TransactItems: [{ Get: at('T#a') }] })).toEqual([
      { action: 'dynamodb:GetItem', resource: TABLE, ...keys('T#a') },
    ])
  })

  it('a batch asks under its own action, for all partitions of a table together', () => {
    const RequestItems = { 'cell-1': { Keys: [key('T#a'), key('T#b')] } }
    expect(asked('BatchGetItem', { RequestItems })).toEqual([{ action: 'dynamodb:BatchGetItem', resource: TABLE, ...keys('T#a', 'T#b') }])
    const writes = { 'cell-1': [{ PutRequest: { Item: key('T#a') } }, { DeleteRequest: { Key: key('T#b') } }] }
    expect(asked('BatchWriteItem', { RequestItems: writes })).toEqual([
      { action: 'dynamodb:BatchWriteItem', resource: TABLE, ...keys('T#a', 'T#b') },
    ])
  })

  it('what is of another form carries nothing, or asks for nothing', () => {
    expect(asked('GetItem', { TableName: 'cell-1', Key: { sk: { S: 'T#a' } } })).toEqual([{ action: 'dynamodb:GetItem', resource: TABLE }])
    expect(asked('GetItem', { TableName: 'cell-1', Key: 'T#a' })).toEqual([{ action: 'dynamodb:GetItem', resource: TABLE }])
    expect(asked('TransactWriteItems', { TransactItems: 'all' })).toEqual([])
    expect(asked('BatchGetItem', {})).toEqual([])
  })
})
