import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { type Dynamo, type DynamoOptions, startDynamo } from '../../../local/dynamodb/dynamo.ts'
import type { TableSpec } from '../../../local/dynamodb/table-spec.ts'

export const cellTable: TableSpec = {
  name: 'cell-1',
  keys: [
    { name: 'pk', type: 'S' },
    { name: 'sk', type: 'S' },
  ],
  indexes: [
    {
      name: 'due',
      keys: [
        { name: 'due_pk', type: 'S' },
        { name: 'due_at', type: 'S' },
      ],
      projection: 'KEYS_ONLY',
    },
  ],
  streamViewType: 'NEW_AND_OLD_IMAGES',
  timeToLiveAttribute: 'expires',
}

export interface GivenDynamo {
  dynamo: Dynamo
  endpoint: Endpoint
  documents: DynamoDBDocumentClient
  errors: unknown[]
  stop(): Promise<void>
}

/** The table behind the endpoint, and a client as the functions have it. */
export async function givenDynamo(options: Partial<DynamoOptions> = {}): Promise<GivenDynamo> {
  const errors: unknown[] = []
  const dynamo = await startDynamo({ tables: [cellTable], onError: (error) => errors.push(error), ...options })
  const endpoint = await startEndpoint({ services: [dynamo.service], onError: (error) => errors.push(error) })
  const client = new DynamoDBClient({
    endpoint: endpoint.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const stop = async (): Promise<void> => {
    client.destroy()
    await endpoint.stop()
    await dynamo.stop()
  }
  return { dynamo, endpoint, documents, errors, stop }
}
