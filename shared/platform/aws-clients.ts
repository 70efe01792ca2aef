import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/**
 * For what many rings ask of an account at once: a call that is refused for its rate is made up to four times more, after 1, 2, 4
 * and 8 s at most, at random; a step may take a minute. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const PATIENT = { maxAttempts: 5 }

/** A map with a member called `constructor`, such as labels may be, is taken for an instance of some class. */
const marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true }

/**
 * A single write that meets somebody's transaction is refused, and may be made again; the SDK does not know:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
function retryConflicts(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        throw error instanceof TransactionConflictException ? Object.assign(error, { $retryable: {} }) : error
      }
    },
    { name: 'retryConflicts', step: 'deserialize', priority: 'high' },
  )
  return client
}

/** Region, endpoint and credentials come from Lambda's own environment. */
export const documentClient = (client: DynamoDBClient = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(retryConflicts(client), { marshallOptions })
