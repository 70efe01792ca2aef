import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AwsError, type AwsService } from '../aws/service.ts'
import type { FunctionSpec } from '../template/functions.ts'
import type { Timers } from '../timers.ts'
import { createAsyncInvocations } from './async-invocations.ts'
import { type Outcome, startEnvironment, type Used } from './execution-environment.ts'
import { failureRecord } from './failure-record.ts'
import type { Invoke } from './invoke.ts'
import { createPool, type Pool } from './pool.ts'
import type { WorkerStart } from './protocol.ts'
import { invokeService } from './service.ts'
import { functionVariables, type Surroundings } from './variables.ts'

export interface LambdaOptions extends Surroundings {
  functions: FunctionSpec[]
  timers: Timers
  /** Counts how long an invocation takes, whatever happens to the clock; `timers` by default. */
  steady?: Timers
  /** How far the functions' clock is ahead of the machine's, in milliseconds: one float64. */
  ahead?: SharedArrayBuffer
  /** By function name: URL of a module whose `deps` the bundle's `createHandler` gets. */
  overrides?: Record<string, string>
  /** Each line a function writes. */
  logs?: (functionName: string, line: string) => void
  /** Workers of one function at once; more invocations wait. */
  mostWorkers?: number
  /** Tells the queue of an on-failure destination. */
  sendFailure?: (queueArn: string, body: object) => void
  /** Told what each invocation is billed by. */
  onInvoked?: OnInvoked
}
export type OnInvoked = (functionName: string, used: Used & { memoryMiB: number }) => void

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
  stop(): Promise<void>
}

interface LiveFunction {
  spec: FunctionSpec
  pool: Pool
  invocations: number
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SYNC_LIMIT_BYTES = 6 * 1024 * 1024
const ASYNC_LIMIT_BYTES = 1024 * 1024

function refuseLarge(event: string, limit: number): void {
  if (Buffer.byteLength(event) > limit)
    throw new AwsError('RequestTooLargeException', `Request must be smaller than ${limit} bytes for the InvokeFunction operation`, 413)
}

function limited(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= SYNC_LIMIT_BYTES) return outcome
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${SYNC_LIMIT_BYTES} bytes).`
  return { functionError: 'Unhandled', payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }) }
}

/** Where the code is: `<file>.<export>`, as Lambda reads a handler's name. */
function workerStart(spec: FunctionSpec, { overrides, ahead }: Pick<WorkerStart, 'overrides' | 'ahead'>): WorkerStart {
  const dot = spec.handler.lastIndexOf('.')
  const file = ['mjs', 'js'].map((ending) => join(spec.assetDir, `${spec.handler.slice(0, dot)}.${ending}`)).find(existsSync)
  if (!file) throw new Error(`function ${spec.name}: its asset has no file for the handler ${spec.handler}`)
  return { bundle: pathToFileURL(file).href, handler: spec.handler.slice(dot + 1), overrides, ahead }
}

/** The name in a name, a partial or a full ARN: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const nameIn = (nameOrArn: string): string => /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.replace(/:\$LATEST$/, '')

function createFunctions(options: LambdaOptions): Map<string, LiveFunction> {
  const { timers: moved, steady: timers = moved, overrides = {}, logs, mostWorkers = 40, onInvoked } = options
  const names = options.functions.map((spec) => spec.name)
  const strangers = Object.keys(overrides).filter((name) => !names.includes(name))
  if (strangers.length > 0) throw new Error(`overrides name ${strangers.join(', ')}; the template has ${names.join(', ')}`)
  const entries = options.functions.map((spec): [string, LiveFunction] => {
    const start = workerStart(spec, { overrides: overrides[spec.name], ahead: options.ahead })
    const variables = functionVariables(spec, options)
    const onLine = (line: string): void => logs?.(spec.name, line)
    const onUsed = (used: Used): void => onInvoked?.(spec.name, { ...used, memoryMiB: spec.memoryMiB })
    const pool = createPool(spec.name, { most: mostWorkers, reserved: spec.reservedConcurrency }, timers, () =>
      startEnvironment({ name: spec.name, start, variables, memoryMiB: spec.memoryMiB, timers, onLine, onUsed }),
    )
    return [spec.name, { spec, pool, invocations: 0 }]
  })
  return new Map(entries)
}

/** Functions of a template, run from their deployed bundles in worker threads of this process. */
export function createLambda(options: LambdaOptions): Lambda {
  const functions = createFunctions(options)
  const find = (nameOrArn: string): LiveFunction => {
    const found = functions.get(nameIn(nameOrArn))
    if (!found) throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404)
    return found
  }
  async function run(nameOrArn: string, event: string): Promise<Outcome> {
    const live = find(nameOrArn)
    refuseLarge(event, SYNC_LIMIT_BYTES)
    const { name: functionName, arn: functionArn, memoryMiB, timeoutMs } = live.spec
    return live.pool.with(async (environment) => {
      live.invocations += 1
      return limited(await environment.run({ requestId: randomUUID(), event, functionName, functionArn, memoryMiB, timeoutMs }))
    })
  }
  const asyncInvocations = createAsyncInvocations({
    run,
    retries: (name) => find(name).spec.asyncRetries,
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
    stop: async () => {
      asyncInvocations.stop()
      await Promise.all([...functions.values()].map((live) => live.pool.stop()))
    },
  }
}
