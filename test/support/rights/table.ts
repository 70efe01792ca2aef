import * as z from 'zod'
import type { Arn, Ask, Asks } from './ask.ts'

const text = z.object({ S: z.string() })
const Item = z.object({ TableName: z.string(), Key: z.object({ pk: text }) })
const Put = z.object({ TableName: z.string(), Item: z.object({ pk: text }) })
const Query = z.object({
  TableName: z.string(),
  IndexName: z.string().optional(),
  KeyConditionExpression: z.string(),
  ExpressionAttributeValues: z.record(z.string(), z.looseObject({ S: z.string().optional() })),
})
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) })

/** Each call carries the partition it goes to; a transaction asks for each of its items: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
export function tableAsks(arn: Arn): Asks {
  const ask = (action: string, table: string, partition: string): Ask => ({
    action: `dynamodb:${action}`,
    resource: arn('dynamodb', `table/${table}`),
    context: { 'dynamodb:LeadingKeys': [partition] },
  })
  const item =
    (action: string) =>
    (input: unknown): Ask[] => {
      const { TableName, Key } = Item.parse(input)
      return [ask(action, TableName, Key.pk.S)]
    }
  const put = (input: unknown): Ask[] => {
    const { TableName, Item } = Put.parse(input)
    return [ask('PutItem', TableName, Item.pk.S)]
  }
  const query = (input: unknown): Ask[] => {
    const { TableName, IndexName, KeyConditionExpression, ExpressionAttributeValues } = Query.parse(input)
    const [, name = ''] = /^\w+ = (:\w+)/.exec(KeyConditionExpression) ?? []
    const onTable = ask('Query', TableName, ExpressionAttributeValues[name]?.S ?? '')
    return [IndexName ? { ...onTable, resource: `${onTable.resource}/index/${IndexName}` } : onTable]
  }
  const parts: Asks = { Put: put, Update: item('UpdateItem'), Delete: item('DeleteItem'), ConditionCheck: item('ConditionCheckItem') }
  const transact = (input: unknown): Ask[] =>
    Transaction.parse(input).TransactItems.flatMap((each) =>
      Object.entries(each).flatMap(([kind, part]) => {
        const found = parts[kind]
        if (!found) throw new Error(`no model of ${kind} in a transaction`)
        return found(part)
      }),
    )
  return {
    'dynamodb:GetItem': item('GetItem'),
    'dynamodb:PutItem': put,
    'dynamodb:UpdateItem': item('UpdateItem'),
    'dynamodb:DeleteItem': item('DeleteItem'),
    'dynamodb:Query': query,
    'dynamodb:TransactWriteItems': transact,
  }
}
