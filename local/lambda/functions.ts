import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionSpec } from '../template/functions.ts'
import type { Timers } from '../timers.ts'
import { startEnvironment, type Used } from './execution-environment.ts'
import { createPool, type Pool } from './pool.ts'
import type { WorkerStart } from './protocol.ts'
import { functionVariables, type Surroundings } from './variables.ts'

export interface FunctionsOptions extends Surroundings {
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
  /** Told what each invocation is billed by. */
  onInvoked?: OnInvoked
}
export type OnInvoked = (functionName: string, used: Used & { memoryMiB: number }) => void

/** A function of the template and its workers. */
export interface LiveFunction {
  spec: FunctionSpec
  pool: Pool
  invocations: number
  throttles: number
}

/** Where the code is: `<file>.<export>`, as Lambda reads a handler's name. */
function workerStart(spec: FunctionSpec, { overrides, ahead }: Pick<WorkerStart, 'overrides' | 'ahead'>): WorkerStart {
  const dot = spec.handler.lastIndexOf('.')
  const file = ['mjs', 'js'].map((ending) => join(spec.assetDir, `${spec.handler.slice(0, dot)}.${ending}`)).find(existsSync)
  if (!file) throw new Error(`function ${spec.name}: its asset has no file for the handler ${spec.handler}`)
  return { bundle: pathToFileURL(file).href, handler: spec.handler.slice(dot + 1), overrides, ahead }
}

/** The name in a name, a partial or a full ARN: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const nameIn = (nameOrArn: string): string => /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.replace(/:\$LATEST$/, '')

/** @throws when a function has no code, or an override names none */
export function createFunctions(options: FunctionsOptions): Map<string, LiveFunction> {
  const { timers: moved, steady: timers = moved, overrides = {}, logs, mostWorkers = 40, onInvoked } = options
  const names = options.functions.map((spec) => spec.name)
  const strangers = Object.keys(overrides).filter((name) => !names.includes(name))
  if (strangers.length > 0) throw new Error(`overrides name ${strangers.join(', ')}; the template has ${names.join(', ')}`)
  const entries = options.functions.map((spec): [string, LiveFunction] => {
    const start = workerStart(spec, { overrides: overrides[spec.name], ahead: options.ahead })
    const variables = functionVariables(spec, options)
    const onLine = (line: string): void => logs?.(spec.name, line)
    const onUsed = (used: Used): void => onInvoked?.(spec.name, { ...used, memoryMiB: spec.memoryMiB })
    const pool = createPool(spec.name, mostWorkers, timers, () =>
      startEnvironment({ name: spec.name, start, variables, memoryMiB: spec.memoryMiB, timers, onLine, onUsed }),
    )
    return [spec.name, { spec, pool, invocations: 0, throttles: 0 }]
  })
  return new Map(entries)
}
