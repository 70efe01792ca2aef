import { difference, type Usage, usage } from '../../cdk/capacity/usage.ts'
import type { Cloud } from '../../local/cloud.ts'
import type { CloudOptions } from '../../local/cloud-options.ts'
import type { OnInvoked } from '../../local/lambda/functions.ts'
import { type LogEvents, platformBytes, weighed } from './log-events.ts'

/** Counts what AWS would bill, at the calls themselves. */
export interface Meter {
  /** What the cloud has to be started with. */
  options: Pick<CloudOptions, 'around' | 'onConsumed' | 'onInvoked' | 'logs'>
  /** Whose executions are counted. */
  watch(cloud: Pick<Cloud, 'workflows'>): void
  /** Since the cloud began, or since `since`. */
  read(since?: Reading): Reading
}

export interface FunctionUse {
  invocations: number
  gbSeconds: number
  starts: number
  startGbSeconds: number
  /** How long each invocation computed. */
  cpuMs: number[]
  memoryMiB: number
}

export interface Reading {
  usage: Usage
  /** By function, with what new environments add: that is in the GB-seconds of the usage as well. */
  functions: Map<string, FunctionUse>
  /** Calls to AWS by service and operation. */
  calls: Map<string, number>
  /** Units by operation of the table. */
  units: Map<string, number>
}

/** Called by another function, or by an execution, whose trace they are part of; the sweep is not traced (cdk/function.ts). */
const WITHOUT_OWN_TRACE = /-(observe|step|ring|preview|sweep)$/
/** Each invocation is one received message batch and one deletion of it: Lambda's own requests to the queue. */
const FED_BY_QUEUE = /-deliver$/

const add = (map: Map<string, number>, key: string, more: number): void => void map.set(key, (map.get(key) ?? 0) + more)

function less<T>(
  of: Map<string, T>,
  minus: Map<string, T> | undefined,
  take: (a: T, b: T) => T,
  isNothing: (value: T) => boolean,
): Map<string, T> {
  const left = [...of].map(([key, value]): [string, T] => {
    const before = minus?.get(key)
    return [key, before === undefined ? value : take(value, before)]
  })
  return new Map(left.filter(([, value]) => !isNothing(value)))
}

const without = (a: FunctionUse, b: FunctionUse): FunctionUse => ({
  ...a,
  invocations: a.invocations - b.invocations,
  gbSeconds: a.gbSeconds - b.gbSeconds,
  starts: a.starts - b.starts,
  startGbSeconds: a.startGbSeconds - b.startGbSeconds,
  cpuMs: a.cpuMs.slice(b.cpuMs.length),
})

/** Billed by the millisecond, rounded up: https://aws.amazon.com/lambda/pricing/ */
const gbSecondsOf = (ms: number, memoryMiB: number): number => (Math.ceil(ms) / 1000) * (memoryMiB / 1024)

export function createMeter(): Meter {
  const counted = usage({})
  const functions: Reading['functions'] = new Map()
  const calls = new Map<string, number>()
  const units = new Map<string, number>()
  let watched: Pick<Cloud, 'workflows'> | undefined
  const log: LogEvents = (bytes) => {
    counted.logBytes += bytes
  }

  function invoked(name: string, { initMs, durationMs, cpuMs, memoryMiB }: Parameters<OnInvoked>[1]): void {
    const used = functions.get(name) ?? { invocations: 0, gbSeconds: 0, starts: 0, startGbSeconds: 0, cpuMs: [], memoryMiB }
    const gbSeconds = gbSecondsOf(durationMs, memoryMiB)
    const startGbSeconds = initMs > 0 ? gbSecondsOf(initMs, memoryMiB) : 0
    functions.set(name, {
      memoryMiB,
      invocations: used.invocations + 1,
      gbSeconds: used.gbSeconds + gbSeconds,
      starts: used.starts + (initMs > 0 ? 1 : 0),
      startGbSeconds: used.startGbSeconds + startGbSeconds,
      cpuMs: [...used.cpuMs, cpuMs],
    })
    counted.invocations += 1
    counted.gbSeconds += gbSeconds + startGbSeconds
    if (!WITHOUT_OWN_TRACE.test(name)) counted.traces += 1
    if (FED_BY_QUEUE.test(name)) counted.queueRequests += 2
    if (name.endsWith('-api')) counted.apiRequests += 1
    log(platformBytes(name, initMs > 0))
  }

  return {
    options: {
      around: (call, serve) => {
        add(calls, `${call.service}:${call.operation}`, 1)
        if (call.service === 'sqs') counted.queueRequests += 1
        // The one kind of parameter that the cell makes is a SecureString.
        if (call.service === 'ssm' && call.operation !== 'DeleteParameter') counted.keyRequests += 1
        return serve()
      },
      onConsumed: ({ operation, read, write, refused }) => {
        counted.readUnits += read
        counted.writeUnits += write
        add(units, `${operation}${refused ? ', refused' : ''}`, read + write)
      },
      onInvoked: invoked,
      logs: (_name, line) => log(weighed(line)),
    },
    watch: (cloud) => {
      watched = cloud
    },
    read: (since) => {
      const executions = watched?.workflows.executions() ?? []
      const transitions = executions.reduce((sum, execution) => sum + execution.transitions, 0)
      const now = { ...counted, transitions, traces: counted.traces + executions.length }
      return {
        usage: since ? difference(now, since.usage) : now,
        functions: less(functions, since?.functions, without, ({ invocations }) => invocations === 0),
        calls: less(
          calls,
          since?.calls,
          (a, b) => a - b,
          (count) => count === 0,
        ),
        units: less(
          units,
          since?.units,
          (a, b) => a - b,
          (count) => count === 0,
        ),
      }
    },
  }
}
