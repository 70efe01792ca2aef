/** A failure as the Amazon States Language knows it: a name that Retry and Catch match, and a text. */
export class StateError extends Error {
  readonly error: string
  readonly reason: string | undefined
  constructor(error: string, reason?: string) {
    super(reason === undefined ? error : `${error}: ${reason}`)
    this.name = 'StateError'
    this.error = error
    this.reason = reason
  }
}

/** What a catcher puts in the state's input. */
export function errorOutput(error: StateError): { Error: string; Cause?: string } {
  return error.reason === undefined ? { Error: error.error } : { Error: error.error, Cause: error.reason }
}

/** Bytes of UTF-8 that a state may take or give; https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const PAYLOAD_LIMIT_BYTES = 262_144

/** @throws StateError States.DataLimitExceeded */
export function withinDataLimit<T>(value: T, state: string): T {
  if (Buffer.byteLength(JSON.stringify(value)) <= PAYLOAD_LIMIT_BYTES) return value
  throw new StateError(
    'States.DataLimitExceeded',
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  )
}
