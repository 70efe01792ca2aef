import { PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Consumed } from '../../../local/dynamodb/consumed.ts'
import { cellTable, type GivenDynamo, givenDynamo } from './given.ts'

const TableName = cellTable.name
const told: Consumed[] = []
let given: GivenDynamo
beforeAll(async () => {
  given = await givenDynamo({ onConsumed: (consumed) => told.push(consumed) })
})
afterAll(() => given.stop())

/** What the calls that `act` makes are said to have used. */
async function used(act: () => Promise<unknown>): Promise<Consumed[]> {
  told.length = 0
  await act().catch(() => undefined)
  return [...told]
}
const item = (pk: string, more: object = {}) => ({ pk, sk: 'a', ...more })

it('tells what each call used, the index and the doubling of transactions included', async () => {
  const due = { due_pk: 'D', due_at: '1' }
  expect(await used(() => given.documents.send(new PutCommand({ TableName, Item: item('1') })))).toEqual([
    { operation: 'PutItem', read: 0, write: 1, refused: false },
  ])
  expect(await used(() => given.documents.send(new PutCommand({ TableName, Item: item('2', due) })))).toMatchObject([{ write: 2 }])
  const both = { TransactItems: ['3', '4'].map((pk) => ({ Put: { TableName, Item: item(pk) } })) }
  expect(await used(() => given.documents.send(new TransactWriteCommand(both)))).toMatchObject([{ write: 4, refused: false }])
  const query = { TableName, IndexName: 'due', KeyConditionExpression: 'due_pk = :d', ExpressionAttributeValues: { ':d': 'D' } }
  expect(await used(() => given.documents.send(new QueryCommand(query)))).toEqual([
    { operation: 'Query', read: 0.5, write: 0, refused: false },
  ])
})

it('tells the least that a refused condition is charged', async () => {
  const ConditionExpression = 'attribute_not_exists(pk)'
  await given.documents.send(new PutCommand({ TableName, Item: item('5') }))
  const put = new PutCommand({ TableName, Item: item('5'), ConditionExpression })
  expect(await used(() => given.documents.send(put))).toEqual([{ operation: 'PutItem', read: 0, write: 1, refused: true }])
  const both = { TransactItems: ['5', '6'].map((pk) => ({ Put: { TableName, Item: item(pk), ConditionExpression } })) }
  expect(await used(() => given.documents.send(new TransactWriteCommand(both)))).toMatchObject([{ write: 4, refused: true }])
})

it('tells nothing of a call that is not charged', async () => {
  expect(await used(() => given.documents.send(new PutCommand({ TableName, Item: { sk: 'no key' } })))).toEqual([])
})
