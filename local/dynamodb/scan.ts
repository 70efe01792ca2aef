import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { DynoxideClient } from './client.ts'

const Item = z.custom<Record<string, AttributeValue>>((value) => typeof value === 'object' && value !== null)
const Page = z.object({ Items: z.array(Item), LastEvaluatedKey: z.record(z.string(), z.unknown()).optional() })

/** Every item that a Scan of that input gives, of all its pages. @throws AwsError as the server answers it */
export async function scan(client: DynoxideClient, input: object): Promise<Record<string, AttributeValue>[]> {
  const found: Record<string, AttributeValue>[] = []
  let from: object | undefined
  do {
    const page: z.infer<typeof Page> = await client.call(
      'DynamoDB_20120810.Scan',
      { ...input, ...(from ? { ExclusiveStartKey: from } : {}) },
      Page,
    )
    found.push(...page.Items)
    from = page.LastEvaluatedKey
  } while (from)
  return found
}
