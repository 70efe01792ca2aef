import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { type Dynamo, type DynamoOptions, startDynamo } from '../../../local/dynamodb/dynamo.ts'
import type { TableSpec } from '../../../local/template/tables.ts'
import { documentClient } from '../../../shared/platform/aws-clients.ts'
import { type Faults, failing } from './failing.ts'

export const cellTable: TableSpec = {
  name: 'cell-1',
  arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/cell-1',
  streamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/cell-1/stream/local',
  attributes: ['pk', 'sk', 'due_pk', 'due_at'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  keys: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  indexes: [
    {
      name: 'due',
      keys: [
        { AttributeName: 'due_pk', KeyType: 'HASH' },
        { AttributeName: 'due_at', KeyType: 'RANGE' },
      ],
      projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  streamViewType: 'NEW_AND_OLD_IMAGES',
  ttlAttribute: 'expires',
}

/** One client for every tenant: nothing judges a call to the table by itself. */
export const tableOver = (documents: DynamoDBDocumentClient, tableName: string = cellTable.name) => ({
  tableName,
  ownDocuments: documents,
  documentsFor: () => documents,
  keyDocumentsFor: () => documents,
})

export interface GivenDynamo {
  dynamo: Dynamo
  endpoint: Endpoint
  documents: DynamoDBDocumentClient
  errors: unknown[]
  stop(): Promise<void>
}

/** The table behind the endpoint, and a client as the functions have it. */
export async function givenDynamo({ faults, ...options }: Partial<DynamoOptions> & { faults?: Faults } = {}): Promise<GivenDynamo> {
  const errors: unknown[] = []
  const dynamo = await startDynamo({ tables: [cellTable], onError: (error) => errors.push(error), ...options })
  const endpoint = await startEndpoint({
    services: [dynamo.service],
    onError: (error) => errors.push(error),
    ...(faults ? { around: failing(faults) } : {}),
  })
  const client = new DynamoDBClient({
    endpoint: endpoint.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const documents = documentClient(client)
  const stop = async (): Promise<void> => {
    client.destroy()
    await endpoint.stop()
    await dynamo.stop()
  }
  return { dynamo, endpoint, documents, errors, stop }
}
