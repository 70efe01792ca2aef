import { AwsError } from '../aws/service.ts'
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

export interface PoolLimits {
  /** Past this many at once invocations wait: one machine is not a region. Per function, so that a caller never waits for itself. */
  most: number
  /** Past this many at once they are refused, as Lambda does with reserved concurrency. */
  reserved: number | undefined
}

export function createPool(name: string, limits: PoolLimits, start: () => ExecutionEnvironment): Pool {
  const all = new Set<ExecutionEnvironment>()
  const warm: ExecutionEnvironment[] = []
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
  /** The one used last is the one most surely warm. */
  function take(): ExecutionEnvironment {
    let environment = warm.pop()
    while (environment && !environment.alive) environment = warm.pop()
    const taken = environment ?? startOne()
    busy.add(taken)
    return taken
  }
  async function acquire(): Promise<ExecutionEnvironment> {
    if (stopped) throw stopping()
    if (limits.reserved !== undefined && busy.size >= limits.reserved)
      throw new AwsError('TooManyRequestsException', `Rate Exceeded: ${name} runs ${busy.size} times already`, 429)
    if (busy.size >= limits.most) return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    return take()
  }
  function release(environment: ExecutionEnvironment): void {
    busy.delete(environment)
    if (environment.alive) warm.push(environment)
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
      for (let n = 0; n < count && !stopped; n += 1) warm.push(startOne())
    },
    killBusy: () => {
      const killed = [...busy].filter((environment) => environment.alive)
      for (const environment of killed) environment.end()
      return killed.length
    },
    stop: async () => {
      stopped = true
      for (const { reject } of waiting.splice(0)) reject(stopping())
      const ended = [...all].map((environment) => environment.ended)
      for (const environment of all) environment.end()
      await Promise.all(ended)
    },
  }
}
