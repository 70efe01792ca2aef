import type { HostState } from './host-shape.ts'
import { capacityOf, RESERVED_PORTS } from './instance-types.ts'
import { type HostView, interfacesFor } from './placement.ts'
import type { HostRecord, TaskRecord } from './records.ts'
import type { Store } from './store.ts'

/** What a task takes from its host, from its placement until it is STOPPED. */
const holdsResources = (task: TaskRecord): boolean => task.hostArn !== undefined && task.lastStatus !== 'STOPPED'

function viewOf(host: HostRecord, tasks: TaskRecord[]): HostView {
  const capacity = capacityOf(host.instanceType)
  const groups = new Map<string, number>()
  for (const task of tasks) if (task.desiredStatus === 'RUNNING') groups.set(task.group, (groups.get(task.group) ?? 0) + 1)
  const sum = (part: (task: TaskRecord) => number): number => tasks.reduce((total, task) => total + part(task), 0)
  return {
    arn: host.arn,
    status: host.status,
    agentConnected: host.agentConnected,
    free: {
      cpu: capacity.cpu - sum((task) => task.cpu),
      memoryMiB: capacity.memoryMiB - sum((task) => task.memory),
      interfaces: capacity.interfaces - sum(interfacesFor),
    },
    ports: new Set([...RESERVED_PORTS, ...tasks.flatMap((task) => task.hostPorts)]),
    groups,
  }
}

/** A host of that type with nothing on it, as placement would see it. */
export const emptyHost = (arn: string, instanceType: string): HostView => ({
  arn,
  status: 'ACTIVE',
  agentConnected: true,
  free: { ...freeOf(instanceType) },
  ports: new Set(RESERVED_PORTS),
  groups: new Map(),
})

function freeOf(instanceType: string): HostView['free'] {
  const { cpu, memoryMiB, interfaces } = capacityOf(instanceType)
  return { cpu, memoryMiB, interfaces }
}

export interface Fleet {
  state(host: HostRecord): HostState
  /** All hosts with what they hold, in the order in which they were launched. */
  states(): HostState[]
}

export function fleet(store: Store): Fleet {
  const state = (host: HostRecord, tasks: TaskRecord[]): HostState => ({ host, tasks, view: viewOf(host, tasks) })
  return {
    state: (host) =>
      state(
        host,
        store.tasks.values().filter((task) => task.hostArn === host.arn && holdsResources(task)),
      ),
    states: () => {
      const byHost = Map.groupBy(store.tasks.values().filter(holdsResources), (task) => task.hostArn)
      return store.hosts.values().map((host) => state(host, byHost.get(host.arn) ?? []))
    },
  }
}
