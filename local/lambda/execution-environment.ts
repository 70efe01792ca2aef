import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import type { Timers } from '../timers.ts'
import type { FunctionError, Invocation, WorkerMessage, WorkerStart } from './protocol.ts'

/** How an invocation ended: the answer as JSON, and `Unhandled` when it is the description of an error. */
export interface Outcome {
  payload: string
  functionError?: 'Unhandled'
}

/** What Lambda bills for one invocation, in milliseconds: the start of its environment where that was new, and the handler. */
export interface Used {
  initMs: number
  durationMs: number
  /** Of the duration, what the handler computed; 0 where it failed. */
  cpuMs: number
}

/** A worker thread with one function's code, one invocation at a time. */
export interface ExecutionEnvironment {
  /** False from the moment it ended, by whatever cause. */
  readonly alive: boolean
  run(invocation: Invocation): Promise<Outcome>
  /** Ends it at once; what runs in it answers `Runtime.ExitError`. */
  end(): void
  /** Resolves when the thread and its sockets are gone. */
  readonly ended: Promise<void>
}

export interface EnvironmentOptions {
  name: string
  start: WorkerStart
  variables: Record<string, string>
  memoryMiB: number
  timers: Timers
  onLine: (line: string) => void
  /** Told after each invocation. */
  onUsed?: (used: Used) => void
}

/** Lambda gives a function's start 10 seconds that do not count as its own: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const START_LIMIT_MS = 10_000

const failed = (error: FunctionError): Outcome => ({ payload: JSON.stringify(error), functionError: 'Unhandled' })
const exited = (requestId: string, how: string): Outcome =>
  failed({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}` })
const timedOut = (requestId: string, timeoutMs: number): Outcome => {
  const seconds = (timeoutMs / 1000).toFixed(2)
  return failed({ errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds` })
}

/** Heaps are limited as Lambda limits memory; code outside the heap is not counted. */
function startWorker(options: EnvironmentOptions): Worker {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    name: options.name,
    workerData: options.start,
    env: options.variables,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.memoryMiB },
    stdout: true,
    stderr: true,
  })
  for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', options.onLine)
  return worker
}

export function startEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const worker = startWorker(options)
  let alive = true
  let killed = false
  const bornAt = performance.now()
  let readyAt: number | undefined
  let initTold = false
  let current: { invocation: Invocation; since: number; settle: (outcome: Outcome) => void; cancelTimer: () => void } | undefined

  function end(): void {
    alive = false
    killed = true
    void worker.terminate()
  }
  function tell(since: number, cpuMs: number): void {
    const start = readyAt ?? performance.now()
    options.onUsed?.({ initMs: initTold ? 0 : start - bornAt, durationMs: performance.now() - Math.max(since, start), cpuMs })
    initTold = true
  }
  function settle(outcome: Outcome, cpuMs = 0): void {
    if (current) tell(current.since, cpuMs)
    if (current && outcome.functionError) options.onLine(`Invoke Error ${outcome.payload}`)
    current?.cancelTimer()
    current?.settle(outcome)
    current = undefined
  }
  const limit = (invocation: Invocation, startMs: number): (() => void) =>
    options.timers.after(startMs + invocation.timeoutMs, () => {
      settle(timedOut(invocation.requestId, invocation.timeoutMs))
      end()
    })
  function onMessage(message: WorkerMessage): void {
    if ('ready' in message) {
      readyAt = performance.now()
      current?.cancelTimer()
      if (current) current.cancelTimer = limit(current.invocation, 0)
    } else if ('result' in message) settle({ payload: message.result }, message.cpuMs)
    else {
      // Without a request it failed to load: every invocation would get the same, from a new environment.
      if (message.requestId === undefined) end()
      settle(failed(message.error))
    }
  }
  function onError(error: unknown): void {
    alive = false
    const outOfMemory = Error.isError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    options.onLine(`the function crashed: ${Error.isError(error) ? error.stack : String(error)}`)
    settle(exited(current?.invocation.requestId ?? '', outOfMemory ? 'signal: killed' : 'exit status 1'))
  }
  worker.on('message', onMessage)
  worker.on('error', onError)
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      alive = false
      settle(exited(current?.invocation.requestId ?? '', killed ? 'signal: killed' : `exit status ${code}`))
      resolve()
    })
  })

  return {
    get alive() {
      return alive
    },
    run: (invocation) =>
      new Promise((resolve) => {
        current = {
          invocation,
          since: performance.now(),
          settle: resolve,
          cancelTimer: limit(invocation, readyAt === undefined ? START_LIMIT_MS : 0),
        }
        worker.postMessage(invocation)
      }),
    end,
    ended,
  }
}
