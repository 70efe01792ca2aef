import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { systemClock } from '../../shared/platform/clock.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { issuePlatformKey } from '../../shared/tenants/keys.ts'
import type { Cloud } from '../cloud.ts'

/** The first platform key, as an operator with rights on the table makes it: no route does. */
export async function issueKey(cloud: Pick<Cloud, 'endpointUrl' | 'template'>): Promise<string> {
  const [table] = cloud.template.tables
  if (!table) throw new Error('the template has no table')
  const client = new DynamoDBClient({
    endpoint: cloud.endpointUrl,
    region: cloud.template.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  })
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const deps = { documents, tableName: table.name, clock: systemClock, newId: idMaker(systemClock.now), random: randomBytes }
  const { key } = await issuePlatformKey(deps, 'demo')
  client.destroy()
  return key
}
