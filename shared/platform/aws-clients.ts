import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** A map with a member called `constructor`, such as labels may be, is taken for an instance of some class. */
const marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true }

/** Region, endpoint and credentials come from Lambda's own environment. */
export const documentClient = (client: DynamoDBClient = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions })
