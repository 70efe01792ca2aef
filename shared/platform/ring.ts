import { InvokeCommand, LambdaClient, type LambdaClientConfig, ResourceNotReadyException } from '@aws-sdk/client-lambda'
import type { Clock } from './clock.ts'

/** An idle function of a VPC may have lost its network interface and takes seconds to be ready again. */
const NOT_READY_PAUSE_MS = 500
const NOT_READY_TRIES = 20

/** `functions/ring` answered with an error of its own. Its text carries no secret. */
export class RingFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RingFailed'
  }
}

/** Calls `functions/ring` directly, so that the payload, which carries credentials, is kept nowhere. */
export type InvokeRing = (request: object) => Promise<unknown>

const notReady = (error: unknown): boolean =>
  error instanceof ResourceNotReadyException || (Error.isError(error) && error.name === 'ENINotReadyException')

async function payloadOf(lambda: LambdaClient, functionName: string, request: object): Promise<unknown> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }))
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null')
  if (answer.FunctionError) throw new RingFailed(JSON.stringify(payload))
  return payload
}

/** Above what functions/ring may take, so that its own timeout ends it first. */
const REQUEST_TIMEOUT_MS = 45_000

/** One attempt only: a second call of the SDK's would act twice. Silence ends in an error, which is not what the SDK does by itself. */
export const ringClient = (requestTimeout = REQUEST_TIMEOUT_MS, config: LambdaClientConfig = {}): LambdaClient =>
  new LambdaClient({ ...config, maxAttempts: 1, requestHandler: { requestTimeout, throwOnRequestTimeout: true } })

/** Calls the function of that name or arn; waits while its network interface is being made. */
export function ringInvoker(functionName: string, clock: Clock, lambda: LambdaClient = ringClient()): InvokeRing {
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await payloadOf(lambda, functionName, request)
      } catch (error) {
        if (!notReady(error) || tries === NOT_READY_TRIES) throw error
        await clock.sleep(NOT_READY_PAUSE_MS)
      }
    }
  }
}
