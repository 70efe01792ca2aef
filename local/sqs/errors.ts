import { AwsError } from '../aws/service.ts'

/**
 * Names that SQS also answers in the words of its older query protocol, in a header
 * (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait).
 */
const QUERY_NAMES: Record<string, string> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
}

export const queryError = (code: string): string => `${QUERY_NAMES[code] ?? code};Sender`

export const noSuchQueue = (): AwsError => new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')
export const invalidValue = (value: unknown, parameter: string, reason: string): AwsError =>
  new AwsError('InvalidParameterValue', `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)
export const invalidReceipt = (receipt: string): AwsError =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${receipt}" is not a valid receipt handle.`)
export const notInFlight = (): AwsError => new AwsError('MessageNotInflight', 'The message is not in flight under this receipt handle.')
