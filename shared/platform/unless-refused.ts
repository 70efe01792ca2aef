import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'

/** Of a conditional write: a condition that does not hold is an answer, anything else an error. */
export const unlessRefused = (error: unknown): false => {
  if (error instanceof ConditionalCheckFailedException) return false
  throw error
}
