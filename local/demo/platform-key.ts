import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Cloud } from '../cloud.ts'
import { makePlatformKey } from '../platform-key.ts'

/** The first platform key of a cloud on this machine. */
export async function issueKey(cloud: Pick<Cloud, 'endpointUrl' | 'template'>): Promise<string> {
  const [table] = cloud.template.tables
  if (!table) throw new Error('the template has no table')
  const client = new DynamoDBClient({
    endpoint: cloud.endpointUrl,
    region: cloud.template.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  })
  const { key } = await makePlatformKey(client, table.name, 'demo')
  client.destroy()
  return key
}
