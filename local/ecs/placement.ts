import type { Strategy, TaskRecord } from './records.ts'

/** A host as placement sees it. */
export interface HostView {
  arn: string
  status: 'REGISTERING' | 'ACTIVE' | 'DRAINING'
  agentConnected: boolean
  /** What tasks that are not STOPPED leave free. */
  free: { cpu: number; memoryMiB: number; interfaces: number }
  /** Of the host itself that are reserved: its own services', and those of tasks in its network. */
  ports: ReadonlySet<number>
  /** By group, the tasks that are meant to run: one that was told to stop no longer counts, though its resources do. */
  groups: ReadonlyMap<string, number>
}

export type Demand = Pick<TaskRecord, 'group' | 'cpu' | 'memory' | 'networkMode' | 'hostPorts' | 'distinctInstance' | 'strategy'>

/** Why no host takes it, in the words of RunTask's `failures` and of `stoppedReason`. */
export type Refusal =
  | 'EMPTY CAPACITY PROVIDER'
  | 'NO ACTIVE INSTANCES'
  | 'AGENT'
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'RESOURCE:ENI'
  | 'distinctInstance placement constraint unsatisfied'

export type Placement = { host: string } | { refusal: Refusal }

/** A task in its host's network has no interface of its own. */
export const interfacesFor = ({ networkMode }: Pick<Demand, 'networkMode'>): number => (networkMode === 'awsvpc' ? 1 : 0)

const groupSize = (host: HostView, group: string): number => host.groups.get(group) ?? 0

/** The checks in ECS' order (fit, then constraints); the last refusal is the one of the host that came furthest. */
const CHECKS: { refusal: Refusal; passes: (host: HostView, demand: Demand) => boolean }[] = [
  { refusal: 'NO ACTIVE INSTANCES', passes: (host) => host.status === 'ACTIVE' },
  { refusal: 'AGENT', passes: (host) => host.agentConnected },
  { refusal: 'RESOURCE:CPU', passes: (host, demand) => host.free.cpu >= demand.cpu },
  { refusal: 'RESOURCE:MEMORY', passes: (host, demand) => host.free.memoryMiB >= demand.memory },
  { refusal: 'RESOURCE:PORTS', passes: (host, demand) => !demand.hostPorts.some((port) => host.ports.has(port)) },
  { refusal: 'RESOURCE:ENI', passes: (host, demand) => host.free.interfaces >= interfacesFor(demand) },
  {
    refusal: 'distinctInstance placement constraint unsatisfied',
    passes: (host, demand) => !demand.distinctInstance || groupSize(host, demand.group) === 0,
  },
]

/** How well a host does by one strategy: the smallest wins. */
function score(host: HostView, demand: Demand, strategy: Strategy): number {
  if (strategy.type === 'spread') return groupSize(host, demand.group)
  return strategy.field === 'cpu' ? host.free.cpu : host.free.memoryMiB
}

/**
 * Chooses a host of one capacity provider: those that fit and meet the constraints, narrowed by each strategy in turn; among equals the first.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
 */
export function place(demand: Demand, hosts: HostView[]): Placement {
  let candidates = hosts
  let refusal: Refusal = 'EMPTY CAPACITY PROVIDER'
  for (const check of CHECKS) {
    if (candidates.length > 0) refusal = check.refusal
    candidates = candidates.filter((host) => check.passes(host, demand))
  }
  for (const strategy of demand.strategy) {
    const scores = candidates.map((host) => score(host, demand, strategy))
    const best = Math.min(...scores)
    candidates = candidates.filter((_, index) => scores[index] === best)
  }
  const [chosen] = candidates
  return chosen ? { host: chosen.arn } : { refusal }
}

/** The host after it took such a task. */
export function withTask(host: HostView, demand: Demand): HostView {
  return {
    ...host,
    free: {
      cpu: host.free.cpu - demand.cpu,
      memoryMiB: host.free.memoryMiB - demand.memory,
      interfaces: host.free.interfaces - interfacesFor(demand),
    },
    ports: new Set([...host.ports, ...demand.hostPorts]),
    groups: new Map(host.groups).set(demand.group, groupSize(host, demand.group) + 1),
  }
}
