import { emptyHost } from './fleet.ts'
import { type HostView, type Placement, place, withTask } from './placement.ts'
import type { TaskRecord } from './records.ts'

/** Places one task on these hosts. @returns with the hosts as they are afterwards */
export function placeOn(task: TaskRecord, hosts: HostView[]): { placement: Placement; hosts: HostView[] } {
  const placement = place(task, hosts)
  if ('refusal' in placement) return { placement, hosts }
  return { placement, hosts: hosts.map((host) => (host.arn === placement.host ? withTask(host, task) : host)) }
}

/**
 * How many more hosts the waiting tasks need, beside those that boot: they are placed on imagined ones. A task that
 * not even an empty host could carry asks for none.
 */
export function hostsNeeded(waiting: TaskRecord[], instanceType: string, booting: number): number {
  let hosts = Array.from({ length: booting }, (_, index) => emptyHost(`booting-${index}`, instanceType))
  let launched = 0
  for (const task of waiting) {
    const tried = placeOn(task, hosts)
    hosts = tried.hosts
    if ('host' in tried.placement) continue
    const fresh = placeOn(task, [emptyHost(`new-${launched}`, instanceType)])
    if ('refusal' in fresh.placement) continue
    hosts = [...hosts, ...fresh.hosts]
    launched += 1
  }
  return launched
}
