import { AwsError } from '../aws/service.ts'
import type { Timers } from '../timers.ts'
import type { ExecutionEnvironment } from './execution-environment.ts'

/** The execution environments of one function. */
export interface Pool {
  /** Runs `use` with an environment that nobody else uses: a warm one, a new one, or the next that is given back. */
  with<T>(use: (environment: ExecutionEnvironment) => Promise<T>): Promise<T>
  /** Starts so many ahead of their first use. */
  warmUp(count: number): void
  /** Ends those that are in use now; answers how many. */
  killBusy(): number
  stop(): Promise<void>
}

/** As long as an idle one is kept; each costs some 30 MB. Lambda's own time is minutes as well, and not said. */
const IDLE_MS = 5 * 60_000

/**
 * @param most past this many at once invocations wait: one machine is not a region. Per function, so that a caller never waits for itself
 */
export function createPool(name: string, most: number, timers: Timers, start: () => ExecutionEnvironment): Pool {
  const all = new Set<ExecutionEnvironment>()
  const warm: { environment: ExecutionEnvironment; cancelIdle: () => void }[] = []
  const busy = new Set<ExecutionEnvironment>()
  const waiting: { resolve: (environment: ExecutionEnvironment) => void; reject: (reason: AwsError) => void }[] = []
  let stopped = false
  const stopping = (): AwsError => new AwsError('ServiceException', `${name} is not run: the local cloud is stopping`, 500)

  function startOne(): ExecutionEnvironment {
    const environment = start()
    all.add(environment)
    void environment.ended.then(() => all.delete(environment))
    return environment
  }
  function keepWarm(environment: ExecutionEnvironment): void {
    const cancelIdle = timers.after(IDLE_MS, () => {
      const index = warm.findIndex((idle) => idle.environment === environment)
      warm.splice(index, 1)
      environment.end()
    })
    warm.push({ environment, cancelIdle })
  }
  /** The one used last is the one most surely warm. */
  function takeWarm(): ExecutionEnvironment | undefined {
    for (let idle = warm.pop(); idle; idle = warm.pop()) {
      idle.cancelIdle()
      if (idle.environment.alive) return idle.environment
    }
    return undefined
  }
  function take(): ExecutionEnvironment {
    const taken = takeWarm() ?? startOne()
    busy.add(taken)
    return taken
  }
  async function acquire(): Promise<ExecutionEnvironment> {
    if (stopped) throw stopping()
    if (busy.size >= most) return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    return take()
  }
  function release(environment: ExecutionEnvironment): void {
    busy.delete(environment)
    if (environment.alive) keepWarm(environment)
    const next = waiting.shift()
    if (next) next.resolve(take())
  }

  return {
    with: async (use) => {
      const environment = await acquire()
      try {
        return await use(environment)
      } finally {
        release(environment)
      }
    },
    warmUp: (count) => {
      for (let n = 0; n < count && !stopped; n += 1) keepWarm(startOne())
    },
    killBusy: () => {
      const killed = [...busy].filter((environment) => environment.alive)
      for (const environment of killed) environment.end()
      return killed.length
    },
    stop: async () => {
      stopped = true
      for (const { reject } of waiting.splice(0)) reject(stopping())
      for (const { cancelIdle } of warm.splice(0)) cancelIdle()
      const ended = [...all].map((environment) => environment.ended)
      for (const environment of all) environment.end()
      await Promise.all(ended)
    },
  }
}
