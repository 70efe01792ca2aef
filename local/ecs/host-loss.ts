import type { HostGroup } from './options.ts'
import type { Parts } from './parts.ts'
import type { HostRecord } from './records.ts'

/**
 * A host dies with its disk and all its tasks. Its Auto Scaling group keeps its size and launches another.
 * What is written down first makes a kill in the middle harmless: condemned tasks end after a restart too.
 */
export function loseHost(parts: Parts, hostGroups: HostGroup[], host: HostRecord): void {
  const { fleet, recovery, changes, groups, acts } = parts
  const { tasks } = fleet.state(host)
  const group = hostGroups.find(({ capacityProvider }) => capacityProvider === host.capacityProvider)
  const size = group ? groups.of(group).length : 0
  for (const task of tasks) recovery.condemn(task, host)
  changes.remove(host)
  for (const task of tasks) recovery.crush(task)
  acts.directories.dropHost(host.id)
  if (group) groups.launchUpTo(group, size)
}
