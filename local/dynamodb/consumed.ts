import * as z from 'zod'
import type { AwsResponse } from '../aws/service.ts'

/** What one call to the table used, in request units. */
export interface Consumed {
  operation: string
  read: number
  write: number
  /** A condition did not hold: it is charged all the same, and does not say how much, so that this is the least. */
  refused: boolean
}
export type OnConsumed = (consumed: Consumed) => void

const Capacity = z.object({ CapacityUnits: z.number() })
const Answer = z.object({ ConsumedCapacity: z.union([Capacity.transform((one) => [one]), z.array(Capacity)]).default([]) })
const Failure = z.object({ __type: z.string() })
const Several = z.object({ TransactItems: z.array(z.unknown()) })

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html: prepared and committed, an item each time. */
const UNITS_OF_TRANSACTION = 2

const parsed = (body: Buffer | string): unknown => JSON.parse(body.toString('utf8') || '{}')

/** The same call, asking what it used. */
export const asking = (body: Buffer): Buffer => Buffer.from(JSON.stringify({ ...Object(parsed(body)), ReturnConsumedCapacity: 'TOTAL' }))

function refusedUnits(body: Buffer): number {
  const several = Several.safeParse(parsed(body))
  return several.success ? several.data.TransactItems.length * UNITS_OF_TRANSACTION : 1
}

/** @returns nothing for a call that is not charged: an invalid one, or one that names no item */
export function consumedBy(operation: string, request: Buffer, answer: AwsResponse): Consumed | undefined {
  const body = parsed(answer.body)
  const writes = WRITES.has(operation)
  if (answer.status === 200) {
    const units = Answer.parse(body).ConsumedCapacity.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0)
    return units > 0 ? { operation, read: writes ? 0 : units, write: writes ? units : 0, refused: false } : undefined
  }
  const type = Failure.safeParse(body).data?.__type ?? ''
  if (!/ConditionalCheckFailed|TransactionCanceled/.test(type)) return undefined
  return { operation, read: 0, write: refusedUnits(request), refused: true }
}
