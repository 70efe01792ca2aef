import { AwsError } from '../aws/service.ts'
import type { FunctionSpec } from '../template/functions.ts'

/** Executions at once, as Lambda counts them: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export interface Concurrency {
  /**
   * Begins an execution. A function that waits for one of the machine's workers counts as one that runs.
   * @returns what ends it
   * @throws AwsError TooManyRequestsException where all that the function may have are taken
   */
  begin(functionName: string): () => void
}

type Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded'

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const throttled = (Reason: Reason): AwsError => new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason, Type: 'User' })

/** Whether Lambda did not run a function because too many ran already: whoever asked may ask again. */
export const wasThrottled = (error: unknown): boolean => error instanceof AwsError && error.code === 'TooManyRequestsException'

/** So many are kept for functions without a reservation: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const KEPT_UNRESERVED = 100

/** A number of executions, and how many of them are under way. */
function room(most: number, reason: Reason): () => () => void {
  let running = 0
  return () => {
    if (running >= most) throw throttled(reason)
    running += 1
    return () => {
      running -= 1
    }
  }
}

/**
 * A function with a reservation has that and no more; all others share what is left of the account's.
 * @throws when more is reserved than Lambda lets a template reserve
 */
export function createConcurrency(functions: Pick<FunctionSpec, 'name' | 'reservedConcurrency'>[], account: number): Concurrency {
  const left = functions.reduce((rest, { reservedConcurrency = 0 }) => rest - reservedConcurrency, account)
  const reserving = functions.filter(({ reservedConcurrency = 0 }) => reservedConcurrency > 0)
  if (reserving.length > 0 && left < KEPT_UNRESERVED)
    throw new Error(
      `${reserving.map(({ name }) => name).join(', ')} reserve so much of the account's ${account} concurrent executions that less than ${KEPT_UNRESERVED} are left`,
    )
  const shared = room(left, 'ConcurrentInvocationLimitExceeded')
  const rooms = new Map(
    functions.map(({ name, reservedConcurrency: own }) => [
      name,
      own === undefined ? shared : room(own, 'ReservedFunctionConcurrentInvocationLimitExceeded'),
    ]),
  )
  return {
    begin: (functionName) => {
      const begin = rooms.get(functionName)
      if (!begin) throw new Error(`no function ${functionName} is counted`)
      return begin()
    },
  }
}
