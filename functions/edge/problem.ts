import { AppError, ERRORS, type ErrorCode } from '../../shared/contract/errors.ts'
import type { ProblemType } from '../../shared/contract/problem.ts'
import { AssumeRoleError } from '../../shared/platform/assume-role.ts'
import { TransactionRefused } from '../../shared/platform/tenant-table.ts'
import { type Answer, json } from './answer.ts'

/** What there is to know about a code; `type` leads to the same. */
export const problemType = (code: ErrorCode): ProblemType => ({ type: `/problems/${code}`, code, ...ERRORS[code] })

/** Of DynamoDB and Step Functions; STS has a class of its own: the call may go through a moment later. */
const BUSY = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
  'TransactionConflictException',
])

/** The same of one write of a transaction: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html */
const BUSY_REASONS = new Set(['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

function busy(error: unknown): boolean {
  if (error instanceof TransactionRefused) return error.reasons.every((reason) => BUSY_REASONS.has(reason))
  if (error instanceof AssumeRoleError) return error.retryable
  return Error.isError(error) && BUSY.has(error.name)
}

/** The only errors that go out are AppErrors; of anything else the tenant learns nothing but that it happened. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (busy(error)) {
    return new AppError('unavailable', 'Try again in a moment', { cause: error, headers: { 'retry-after': '1' } })
  }
  return new AppError('internal_error', 'Something went wrong on our side: try again, or tell us the request id', { cause: error })
}

/** RFC 9457. */
export function problemAnswer({ code, message, errors, members, headers }: AppError, requestId: string): Answer {
  const problem = {
    ...members,
    ...problemType(code),
    detail: message,
    request_id: requestId,
    ...(errors.length > 0 ? { errors } : {}),
  }
  return json(ERRORS[code].status, problem, { 'content-type': 'application/problem+json', ...headers })
}
