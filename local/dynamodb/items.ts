import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as z from 'zod'
import type { DynoxideClient } from './client.ts'

const Item = z.custom<Record<string, AttributeValue>>((value) => typeof value === 'object' && value !== null)
const Page = z.object({ Items: z.array(Item), LastEvaluatedKey: z.record(z.string(), z.unknown()).optional() })

/** Reads the table as nobody in the cell may: past every partition. Attributes that are not named never leave the table. */
export async function itemsOf(
  client: DynoxideClient,
  TableName: string,
  prefixes: string[],
  attributes: string[],
): Promise<Record<string, unknown>[]> {
  const names = Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name]))
  const values = Object.fromEntries(prefixes.map((S, i) => [`:p${i}`, { S }]))
  const found: Record<string, unknown>[] = []
  let from: object | undefined
  do {
    const page: z.infer<typeof Page> = await client.call(
      'DynamoDB_20120810.Scan',
      {
        TableName,
        FilterExpression: prefixes.map((_, i) => `begins_with(#sk, :p${i})`).join(' OR '),
        ProjectionExpression: Object.keys(names).join(', '),
        ExpressionAttributeNames: { ...names, '#sk': 'sk' },
        ExpressionAttributeValues: values,
        ...(from ? { ExclusiveStartKey: from } : {}),
      },
      Page,
    )
    found.push(...page.Items.map((item) => unmarshall(item)))
    from = page.LastEvaluatedKey
  } while (from)
  return found
}
