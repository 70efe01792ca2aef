import { AwsError } from '../aws/service.ts'
import { isRecord } from './paths.ts'
import { StateError } from './state-error.ts'

/** Invokes a function by name or ARN; rejects with an AwsError when Lambda itself refuses. */
export type Invoke = (functionName: string, payload: unknown) => Promise<{ payload: unknown; functionError?: string }>

/**
 * A function's own error has the name that it was thrown with and its whole report as cause; a report without a name is Lambda.Unknown.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function functionError(report: unknown): StateError {
  const named = isRecord(report) && typeof report.errorType === 'string' ? report.errorType : 'Lambda.Unknown'
  return new StateError(named, JSON.stringify(report))
}

/** Lambda's refusals carry its exception's name; what never reached it is the client's. */
function callError(error: unknown): StateError {
  if (error instanceof AwsError) return new StateError(`Lambda.${error.code}`, error.message)
  return new StateError('Lambda.SdkClientException', Error.isError(error) ? error.message : String(error))
}

/**
 * `arn:aws:states:::lambda:invoke`, waiting for the answer: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 * @throws StateError
 */
export async function callLambda(invoke: Invoke, functionName: string, payload: unknown): Promise<object> {
  let answer: Awaited<ReturnType<Invoke>>
  try {
    answer = await invoke(functionName, payload)
  } catch (error) {
    throw callError(error)
  }
  if (answer.functionError !== undefined) throw functionError(answer.payload ?? null)
  return { ExecutedVersion: '$LATEST', Payload: answer.payload ?? null, StatusCode: 200 }
}
