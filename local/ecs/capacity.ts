import type { Timers } from '../timers.ts'
import type { Fleet } from './fleet.ts'
import type { HostGroups } from './host-groups.ts'
import { hostsNeeded, placeOn } from './hosts-needed.ts'
import type { HostGroup } from './options.ts'
import { type HostView, place } from './placement.ts'
import type { TaskRecord } from './records.ts'
import type { Tasks } from './tasks.ts'

/** ECS lets a task wait "between 10 and 30 minutes" for a host before it gives it up. */
export const WAIT_LIMIT_MS = 30 * 60_000

export interface CapacityDeps {
  tasks: Tasks
  fleet: Fleet
  groups: HostGroups
  hostGroups: HostGroup[]
  timers: Timers
  poke(taskArn: string): void
}

export const isWaiting = (task: TaskRecord): boolean =>
  task.lastStatus === 'PROVISIONING' && task.hostArn === undefined && task.desiredStatus === 'RUNNING'

/**
 * Capacity providers with managed scaling: where there is no room a task waits, and waiting tasks make hosts.
 * @returns what places the waiting as far as it fits, to be called whenever room or demand may have come
 */
export function capacity(deps: CapacityDeps): () => void {
  const { tasks, timers } = deps
  const expiries = new Map<string, () => void>()

  const viewsOf = (capacityProvider: string): HostView[] =>
    deps.fleet
      .states()
      .filter(({ host }) => host.capacityProvider === capacityProvider)
      .map((state) => state.view)

  function giveUp(arn: string): void {
    expiries.delete(arn)
    const task = tasks.get(arn)
    if (!task || !isWaiting(task)) return
    const last = place(task, viewsOf(task.capacityProvider))
    tasks.end(task, { stopCode: 'TaskFailedToStart', stoppedReason: `TaskFailedToStart: ${'refusal' in last ? last.refusal : 'AGENT'}` })
    deps.poke(arn)
  }
  function keepWaiting(task: TaskRecord): void {
    if (expiries.has(task.arn)) return
    const left = task.createdAt + WAIT_LIMIT_MS - timers.now()
    expiries.set(
      task.arn,
      timers.after(Math.max(0, left), () => giveUp(task.arn)),
    )
  }
  function settle(task: TaskRecord, hostArn: string): void {
    expiries.get(task.arn)?.()
    expiries.delete(task.arn)
    tasks.note(task, { hostArn })
    deps.poke(task.arn)
  }
  function placeIn(group: HostGroup, waiting: TaskRecord[]): void {
    let views = viewsOf(group.capacityProvider)
    const left = waiting.filter((task) => {
      const { placement, hosts } = placeOn(task, views)
      views = hosts
      if ('host' in placement) settle(task, placement.host)
      return 'refusal' in placement
    })
    left.forEach(keepWaiting)
    const hosts = deps.groups.of(group)
    const booting = hosts.filter((host) => host.status === 'REGISTERING').length
    deps.groups.launchUpTo(group, hosts.length + hostsNeeded(left, group.instanceType, booting))
  }
  return () => {
    const waiting = Map.groupBy(tasks.all().filter(isWaiting), (task) => task.capacityProvider)
    for (const group of deps.hostGroups) placeIn(group, waiting.get(group.capacityProvider) ?? [])
  }
}
