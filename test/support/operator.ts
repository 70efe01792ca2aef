import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../../local/cloud.ts'

/** A local cloud, be it in a process of its own. */
export type Where = Pick<Cloud, 'endpointUrl' | 'template'>

/** For clients of whoever runs the cell, whom no role holds back. */
export const configOf = ({ endpointUrl, template }: Where) => ({
  endpoint: endpointUrl,
  region: template.region,
  credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
})

export type Item = Record<string, unknown>

/** All there is in the table. */
export async function items(where: Where): Promise<Item[]> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(configOf(where)))
  const found: Item[] = []
  let from: Item | undefined
  do {
    const page = await documents.send(new ScanCommand({ TableName: where.template.tables[0]?.name ?? '', ExclusiveStartKey: from }))
    found.push(...(page.Items ?? []))
    from = page.LastEvaluatedKey
  } while (from)
  return found
}
