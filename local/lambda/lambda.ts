import { randomUUID } from 'node:crypto'
import { AwsError, type AwsService } from '../aws/service.ts'
import { createAsyncInvocations } from './async-invocations.ts'
import { createConcurrency, wasThrottled } from './concurrency.ts'
import type { Outcome } from './execution-environment.ts'
import { failureRecord } from './failure-record.ts'
import { createFunctions, type FunctionsOptions, type LiveFunction, nameIn } from './functions.ts'
import type { Invoke } from './invoke.ts'
import { invokeService } from './service.ts'

export interface LambdaOptions extends FunctionsOptions {
  /** Of all functions of the account together; more invocations are refused. */
  concurrentExecutions?: number
  /** Tells the queue of an on-failure destination. */
  sendFailure?: (queueArn: string, body: object) => void
}

export interface Lambda {
  readonly service: AwsService
  /** @throws AwsError ResourceNotFoundException, TooManyRequestsException, RequestTooLargeException */
  readonly invoke: Invoke
  /** Takes an event; a failing function gets it again later, as often as the template says. */
  invokeAsync(functionNameOrArn: string, payload: unknown): void
  /** Starts so many workers of a function ahead of their use, as provisioned concurrency does. */
  warmUp(functionNameOrArn: string, count: number): void
  /** Ends the workers that run this function now; their callers get `Runtime.ExitError`. Answers how many. */
  kill(functionNameOrArn: string): number
  /** How often the function was run, asynchronous and failed ones included. */
  invocations(functionNameOrArn: string): number
  /** How often it was not run because too many ran at once, as Lambda's metric of that name. */
  throttles(functionNameOrArn: string): number
  stop(): Promise<void>
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SYNC_LIMIT_BYTES = 6 * 1024 * 1024
const ASYNC_LIMIT_BYTES = 1024 * 1024
const CONCURRENT_EXECUTIONS = 1_000
/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
const MAX_EVENT_AGE_MS = 6 * 3600 * 1000

function refuseLarge(event: string, limit: number): void {
  if (Buffer.byteLength(event) > limit)
    throw new AwsError('RequestTooLargeException', `Request must be smaller than ${limit} bytes for the InvokeFunction operation`, 413)
}

function limited(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= SYNC_LIMIT_BYTES) return outcome
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${SYNC_LIMIT_BYTES} bytes).`
  return { functionError: 'Unhandled', payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }) }
}

/** Functions of a template, run from their deployed bundles in worker threads of this process. */
export function createLambda(options: LambdaOptions): Lambda {
  const functions = createFunctions(options)
  const concurrency = createConcurrency(options.functions, options.concurrentExecutions ?? CONCURRENT_EXECUTIONS)
  const find = (nameOrArn: string): LiveFunction => {
    const found = functions.get(nameIn(nameOrArn))
    if (!found) throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404)
    return found
  }
  function begin(live: LiveFunction): () => void {
    try {
      return concurrency.begin(live.spec.name)
    } catch (error) {
      if (wasThrottled(error)) live.throttles += 1
      throw error
    }
  }
  async function run(nameOrArn: string, event: string): Promise<Outcome> {
    const live = find(nameOrArn)
    refuseLarge(event, SYNC_LIMIT_BYTES)
    const { name: functionName, arn: functionArn, memoryMiB, timeoutMs } = live.spec
    const end = begin(live)
    try {
      return await live.pool.with(async (environment) => {
        live.invocations += 1
        return limited(await environment.run({ requestId: randomUUID(), event, functionName, functionArn, memoryMiB, timeoutMs }))
      })
    } finally {
      end()
    }
  }
  const asyncInvocations = createAsyncInvocations({
    run,
    retries: (name) => find(name).spec.asyncRetries,
    maxAge: (name) => find(name).spec.asyncMaxAgeMs ?? MAX_EVENT_AGE_MS,
    timers: options.timers,
    onDiscard: (name, given) => {
      options.logs?.(name, `an asynchronous event was given up: ${given.reason}`)
      const { arn, onFailureArn } = find(name).spec
      if (onFailureArn !== undefined) options.sendFailure?.(onFailureArn, failureRecord(arn, given, options.timers.now()))
    },
  })
  function accept(nameOrArn: string, event: string): void {
    refuseLarge(event, ASYNC_LIMIT_BYTES)
    asyncInvocations.accept(find(nameOrArn).spec.name, event)
  }
  return {
    service: invokeService({ run, accept }),
    invoke: async (nameOrArn, payload) => {
      const outcome = await run(nameOrArn, JSON.stringify(payload ?? null))
      const answer: unknown = JSON.parse(outcome.payload)
      return outcome.functionError ? { payload: answer, functionError: outcome.functionError } : { payload: answer }
    },
    invokeAsync: (nameOrArn, payload) => accept(nameOrArn, JSON.stringify(payload ?? null)),
    warmUp: (nameOrArn, count) => find(nameOrArn).pool.warmUp(count),
    kill: (nameOrArn) => find(nameOrArn).pool.killBusy(),
    invocations: (nameOrArn) => find(nameOrArn).invocations,
    throttles: (nameOrArn) => find(nameOrArn).throttles,
    stop: async () => {
      asyncInvocations.stop()
      await Promise.all([...functions.values()].map((live) => live.pool.stop()))
    },
  }
}
