import type { Around } from '../../../local/aws/endpoint.ts'
import type { AwsError } from '../../../local/aws/service.ts'
import { faultAnswer } from '../../../local/dynamodb/faults.ts'

/** When the table fails, as a test says. */
export interface Faults {
  /** Asked before each call (`PutItem`, `TransactWriteItems`, ...): an error is answered and nothing is done. */
  next(operation: string): AwsError | undefined
  /** Asked after each call that was done: an error is answered in place of its answer. */
  lost?(operation: string): AwsError | undefined
}

export const failing =
  ({ next, lost }: Faults): Around =>
  async (_service, { headers, body }, serve) => {
    const operation = headers['x-amz-target']?.split('.').at(-1) ?? ''
    const fault = next(operation)
    if (fault) return faultAnswer(fault, operation, body)
    const answer = await serve()
    const late = answer.status === 200 ? lost?.(operation) : undefined
    return late ? faultAnswer(late, operation, body) : answer
  }
