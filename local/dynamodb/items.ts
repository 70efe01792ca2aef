import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynoxideClient } from './client.ts'
import { scan } from './scan.ts'

/** Reads the table as nobody in the cell may: past every partition. Attributes that are not named never leave the table. */
export async function itemsOf(
  client: DynoxideClient,
  TableName: string,
  prefixes: string[],
  attributes: string[],
): Promise<Record<string, unknown>[]> {
  const names = Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name]))
  const found = await scan(client, {
    TableName,
    FilterExpression: prefixes.map((_, i) => `begins_with(#sk, :p${i})`).join(' OR '),
    ProjectionExpression: Object.keys(names).join(', '),
    ExpressionAttributeNames: { ...names, '#sk': 'sk' },
    ExpressionAttributeValues: Object.fromEntries(prefixes.map((S, i) => [`:p${i}`, { S }])),
  })
  return found.map((item) => unmarshall(item))
}
