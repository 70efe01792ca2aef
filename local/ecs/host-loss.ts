import type { HostGroup } from './options.ts'
import type { Parts } from './parts.ts'
import type { HostRecord } from './records.ts'

/**
 * A host dies with its disk and all its tasks. Its Auto Scaling group keeps its size and launches another.
 * What is written down first makes a kill in the middle harmless: condemned tasks end after a restart too. Where the agent was out
 * of touch ECS knows of nothing, and tasks stay as they were last seen.
 */
export function loseHost(parts: Parts, hostGroups: HostGroup[], host: HostRecord): void {
  const { fleet, recovery, changes, groups, acts } = parts
  const { tasks } = fleet.state(host)
  const group = hostGroups.find(({ capacityProvider }) => capacityProvider === host.capacityProvider)
  const size = group ? groups.of(group).length : 0
  if (host.agentConnected) for (const task of tasks) recovery.condemn(task, host)
  changes.terminate(host)
  for (const task of tasks) recovery.crush(task)
  acts.directories.dropHost(host.id)
  if (group) groups.launchUpTo(group, size)
}

/** Every host of an AZ dies, and none comes until it is back: what is asked for there waits. */
export function loseAz(parts: Parts, hostGroups: HostGroup[], az: string): void {
  parts.lostAzs.add(az)
  for (const host of parts.store.hosts.values()) if (host.az === az && !host.gone) loseHost(parts, hostGroups, host)
}

/** Hosts come again, for what waits too. */
export function restoreAz({ lostAzs, groups, placeWaiting }: Parts, az: string): void {
  lostAzs.delete(az)
  groups.refill(az)
  placeWaiting()
}
