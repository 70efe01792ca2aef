import * as z from 'zod'
import { AwsError, type AwsResponse } from '../aws/service.ts'

/**
 * Errors that the embedded table never answers by itself and DynamoDB does:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export const throttled = (): AwsError =>
  new AwsError('ProvisionedThroughputExceededException', 'The level of configured provisioned throughput for the table was exceeded.')
const CONFLICT = 'TransactionConflictException'
class TransactionConflict extends AwsError {
  readonly item: 'first' | 'last'
  constructor(item: 'first' | 'last') {
    super(CONFLICT, 'Transaction is ongoing for the item')
    this.item = item
  }
}
/** On a transaction it is answered as its cancellation, with reasons, as DynamoDB does. @param item which of its items another holds */
export const transactionConflict = (item: 'first' | 'last' = 'first'): AwsError => new TransactionConflict(item)

const Transaction = z.object({ TransactItems: z.array(z.unknown()) })

function cancelled(body: Buffer, item: 'first' | 'last'): object {
  const { TransactItems } = Transaction.parse(JSON.parse(body.toString('utf8')))
  const held = item === 'first' ? 0 : TransactItems.length - 1
  const codes = TransactItems.map((_, i) => (i === held ? 'TransactionConflict' : 'None'))
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code, i) => (i === held ? { Code, Message: 'Transaction is ongoing for the item' } : { Code })),
  }
}

export function faultAnswer(fault: AwsError, operation: string, body: Buffer): AwsResponse {
  const conflict = operation === 'TransactWriteItems' && fault.code === CONFLICT
  const answer = conflict
    ? cancelled(body, fault instanceof TransactionConflict ? fault.item : 'first')
    : { __type: `com.amazonaws.dynamodb.v20120810#${fault.code}`, message: fault.message }
  return { status: fault.status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(answer) }
}
