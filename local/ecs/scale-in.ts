import type { Timers } from '../timers.ts'
import { isWaiting } from './capacity.ts'
import type { Directories } from './directories.ts'
import type { Fleet } from './fleet.ts'
import type { HostChanges } from './host-changes.ts'
import type { HostGroup } from './options.ts'
import type { Tasks } from './tasks.ts'

/** The alarm for scale-in needs 15 datapoints, one a minute: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html */
export const EMPTY_FOR_MS = 15 * 60_000

export interface ScaleInDeps {
  fleet: Fleet
  tasks: Tasks
  changes: HostChanges
  directories: Directories
  hostGroups: HostGroup[]
  timers: Timers
}

/**
 * Managed scale-in with termination protection: a host goes with its disk when it was empty for 15 minutes and nothing waits for its
 * group, and never below the group's minimum. How long a host was empty is forgotten with a restart.
 * @returns what looks, to be called whenever a host may have become empty or filled
 */
export function scaleIn({ fleet, tasks, changes, directories, hostGroups, timers }: ScaleInDeps): () => void {
  const emptySince = new Map<string, number>()

  function look(): void {
    const states = fleet.states()
    for (const { host, tasks: held } of states) {
      if (held.length > 0 || host.status !== 'ACTIVE' || host.gone) emptySince.delete(host.arn)
      else if (!emptySince.has(host.arn)) {
        emptySince.set(host.arn, timers.now())
        timers.after(EMPTY_FOR_MS, look)
      }
    }
    for (const { capacityProvider, min } of hostGroups) {
      if (tasks.all().some((task) => task.capacityProvider === capacityProvider && isWaiting(task))) continue
      const hosts = states.flatMap(({ host }) => (host.capacityProvider === capacityProvider && !host.gone ? host : []))
      const idle = hosts.filter(({ arn }) => timers.now() - (emptySince.get(arn) ?? Number.POSITIVE_INFINITY) >= EMPTY_FOR_MS)
      for (const host of idle.slice(0, Math.max(0, hosts.length - min))) {
        emptySince.delete(host.arn)
        changes.terminate(host)
        directories.dropHost(host.id)
      }
    }
  }
  return look
}
