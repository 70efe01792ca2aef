import type { Timers } from '../timers.ts'
import { type ActsDeps, perform } from './acts.ts'
import type { Exit, Launch } from './driver.ts'
import { nextAct } from './next-act.ts'
import type { Delays } from './options.ts'
import type { TaskRecord } from './records.ts'

export interface LifeCycleDeps extends ActsDeps {
  timers: Timers
  delays: Delays
  onError(error: unknown, where: string): void
}

export interface LifeCycle {
  /** Takes the task on from where it is, as far as it goes. Cheap to call too often. */
  poke(arn: string): void
  /** What the driver tells. */
  exited(launch: Launch, exit: Exit): void
}

const UNKNOWN_EXIT = 'exit code unknown: the process outlived the local cloud that had started it'

const drawn = (delay: number | (() => number) = 0): number => (typeof delay === 'function' ? delay() : delay)

/** How long the task stays where it is before the next act, beyond the act's own time. On its way up, a task that is to stop waits for nothing. */
function delayOf(delays: Delays, { lastStatus, desiredStatus, networkMode }: TaskRecord): number {
  // These two are an interface's coming and going.
  if (networkMode === 'host' && (lastStatus === 'PROVISIONING' || lastStatus === 'DEPROVISIONING')) return 0
  switch (lastStatus) {
    case 'PROVISIONING':
    case 'PENDING':
    case 'ACTIVATING':
      return desiredStatus === 'STOPPED' ? 0 : drawn(delays[lastStatus])
    case 'RUNNING':
    case 'STOPPED':
      return 0
    default:
      return drawn(delays[lastStatus])
  }
}

/** Leads each task through its states, one act at a time; every act is a function of the record, so that it resumes after a kill. */
export function lifeCycle(deps: LifeCycleDeps): LifeCycle {
  const { tasks, delays } = deps
  const active = new Set<string>()
  /** Cuts short the wait of a task on its way up, when it is told to stop. */
  const hurry = new Map<string, () => void>()

  /** A disconnected agent neither hears nor tells: its tasks stay as they were last seen. */
  const isReachable = (task: TaskRecord): boolean => tasks.around(task).host?.agentConnected !== false

  async function linger(task: TaskRecord, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = deps.timers.after(ms, resolve)
      const cutShort = (): void => {
        cancel()
        resolve()
      }
      if (task.desiredStatus === 'RUNNING') hurry.set(task.arn, cutShort)
    })
    hurry.delete(task.arn)
  }
  /** @returns whether to look again */
  async function advance(arn: string): Promise<boolean> {
    const task = tasks.get(arn)
    const act = task && isReachable(task) ? nextAct(task) : undefined
    if (!task || !act || deps.stopping()) return false
    const ms = delayOf(delays, task)
    if (ms > 0) await linger(task, ms)
    const now = tasks.get(arn)
    if (deps.stopping() || !now || !isReachable(now)) return false
    // Something happened meanwhile, such as a StopTask: what is next is another act.
    if (nextAct(now) !== act || now.lastStatus !== task.lastStatus) return true
    await perform(deps, act, now)
    return true
  }
  async function lead(arn: string): Promise<void> {
    try {
      while (await advance(arn));
    } catch (error) {
      deps.onError(error, `task ${arn}`)
    } finally {
      active.delete(arn)
    }
  }
  function poke(arn: string): void {
    if (tasks.get(arn)?.desiredStatus === 'STOPPED') hurry.get(arn)?.()
    if (active.has(arn) || deps.stopping()) return
    active.add(arn)
    void lead(arn)
  }
  function exited(launch: Launch, exit: Exit): void {
    const task = tasks.get(launch.taskArn)
    if (!task || task.container.launch !== launch.number || task.container.exited || deps.stopping() || !isReachable(task)) return
    const at = deps.now()
    const why = {
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppingAt: at,
    } as const
    tasks.change(task, {
      ...(task.desiredStatus === 'RUNNING' ? why : {}),
      executionStoppedAt: at,
      container: {
        ...{ started: true, exited: true },
        ...(exit.exitCode === undefined ? { reason: UNKNOWN_EXIT } : { exitCode: exit.exitCode }),
        ...(exit.reason === undefined ? {} : { reason: exit.reason }),
      },
    })
    poke(task.arn)
  }
  return { poke, exited }
}
