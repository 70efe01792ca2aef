import { type ContainerPlan, type Driver, type DriverEvents, type Launch, StartFailure } from '../../../local/ecs/driver.ts'

export interface StillDriver {
  /** To be given as the model's `driver`. */
  make(events: DriverEvents): Driver
  started: { launch: Launch; plan: ContainerPlan }[]
  signals: string[]
  /** The container of that task ends by itself. */
  end(taskArn: string, exitCode: number): void
  refuseToPull(image: string): void
}

/** Containers that are only thought of: they start at once, run for ever, and end when they are asked to. */
export function stillDriver(): StillDriver {
  const live = new Map<string, Launch>()
  const unpullable = new Set<string>()
  const signals: string[] = []
  const started: StillDriver['started'] = []
  let exited: DriverEvents['exited'] = () => undefined
  function end(taskArn: string, exitCode: number): void {
    const launch = live.get(taskArn)
    if (!launch) return
    live.delete(taskArn)
    exited(launch, { exitCode })
  }
  const make = (events: DriverEvents): Driver => {
    exited = events.exited
    return {
      start: async (launch, plan) => {
        if (unpullable.has(plan.image)) throw new StartFailure('CannotPullContainerError: no such image')
        started.push({ launch, plan })
        live.set(launch.taskArn, launch)
      },
      recover: async (launch) => (live.has(launch.taskArn) ? { state: 'running' } : { state: 'exited' }),
      recovered: async () => undefined,
      stop: async (launch, timeoutMs) => {
        signals.push(`SIGTERM, ${timeoutMs} ms`)
        end(launch.taskArn, 143)
      },
      kill: (launch, signal) => {
        const known = live.has(launch.taskArn)
        signals.push(signal)
        end(launch.taskArn, 137)
        return known
      },
      isAddressFree: async () => true,
      close: async () => undefined,
    }
  }
  return { make, started, signals, end, refuseToPull: (image) => unpullable.add(image) }
}
