import type { Ecs } from '../ecs/ecs.ts'
import type { HostState } from '../ecs/host-shape.ts'
import { capacityOf } from '../ecs/instance-types.ts'
import type { HostGroup } from '../ecs/options.ts'
import type { TaskRecord } from '../ecs/records.ts'
import type { ActiveFault } from '../faults/registry.ts'
import { shortId } from '../faults/subject.ts'
import type { Workflows } from '../workflows/workflows.ts'
import type { Activity, Numbered } from './activity.ts'
import type { LiveRing } from './live-rings.ts'
import type { ClusterItem, DeliveryItem, Items, NodeItem, OperationItem } from './rings.ts'

/** All that the page shows: things by section and key. */
export type Snapshot = Record<string, Record<string, unknown>>

export interface Seen {
  ecs: Pick<Ecs, 'hosts' | 'tasks'>
  hostGroups: HostGroup[]
  workflows: Pick<Workflows, 'executions' | 'statesOf'>
  /** State machines' names and their states, in the order of the definition. */
  machines: { arn: string; name: string; states: string[] }[]
  activity: Activity
  faults: ActiveFault[]
  items: Items
  live: ReadonlyMap<string, LiveRing>
  clock: { ahead_ms: number }
}

const EXECUTIONS = 24
const DELIVERIES = 40

const keyed = <T>(list: T[], key: (each: T) => string): Record<string, T> => Object.fromEntries(list.map((each) => [key(each), each]))

function hostView({ host, view, tasks }: HostState) {
  const all = capacityOf(host.instanceType)
  return {
    id: host.id,
    az: host.az,
    type: host.instanceType,
    status: host.status,
    agent: host.agentConnected,
    gone: host.gone,
    memory: { of: all.memoryMiB, used: all.memoryMiB - view.free.memoryMiB },
    cpu: { of: all.cpu, used: all.cpu - view.free.cpu },
    slots: { of: all.interfaces, used: all.interfaces - view.free.interfaces },
    tasks: tasks.length,
  }
}

function taskView(task: TaskRecord, members: ReadonlyMap<string, NodeItem>) {
  const member = members.get(task.arn)
  return {
    id: task.id,
    ring: member?.cluster_id ?? /\/(clu_\w+)$/.exec(task.startedBy ?? '')?.[1],
    ordinal: member?.ordinal,
    shard: member?.shard,
    az: task.az,
    host: task.hostArn === undefined ? undefined : shortId(task.hostArn),
    status: task.lastStatus,
    desired: task.desiredStatus,
    memory: task.memory,
    since: task.updatedAt,
  }
}

function operationView({ id, type, state, steps, waiting_for, error, created_at, finished_at }: OperationItem) {
  const inOrder = Object.values(steps).sort((a, b) => a.started_at.localeCompare(b.started_at))
  return { id, type, state, steps: inOrder, waiting: waiting_for?.message, error: error?.message, created_at, finished_at }
}

function memberView(node: NodeItem, live: LiveRing | undefined) {
  const seen = node.address === undefined ? undefined : live?.get(`${node.address}:${node.ports.client}`)
  const { ordinal, shard, az, attempt, address } = node
  return {
    ...{ ordinal, shard, az, attempt, address },
    task: node.task_arn === undefined ? undefined : shortId(node.task_arn),
    role: seen?.role ?? node.role,
    /** Whether the ring itself says so, just now. */
    seen: seen !== undefined,
    slots: seen?.role === 'primary' ? seen.slots : undefined,
  }
}

function ringView(cluster: ClusterItem, { items, live }: Pick<Seen, 'items' | 'live'>) {
  const { id, tenant_id, name, spec, state, conditions, failure, created_at, lease_holder } = cluster
  const nodes = items.nodes.filter((node) => node.cluster_id === id).sort((a, b) => a.ordinal - b.ordinal)
  const operations = items.operations.filter((operation) => operation.cluster_id === id)
  const last = operations.sort((a, b) => a.created_at.localeCompare(b.created_at)).at(-1)
  const [condition] = conditions
  return {
    ...{ id, tenant: tenant_id, name, state, created_at },
    kind: `${spec.engine} ${spec.version ?? ''}`.trim(),
    size: spec.size,
    healthy: condition?.status ?? false,
    reason: failure?.message ?? condition?.message,
    working: lease_holder !== undefined,
    nodes: nodes.map((node) => memberView(node, live.get(id))),
    operation: last && operationView(last),
  }
}

function executionViews({ workflows, machines }: Seen) {
  const all = workflows.executions().sort((a, b) => b.startedAt - a.startedAt)
  const running = all.filter(({ status }) => status === 'RUNNING')
  const ended = all.filter(({ status }) => status !== 'RUNNING').slice(0, Math.max(0, EXECUTIONS - running.length))
  return [...running, ...ended].map(({ arn, name, machineArn, status, startedAt, stoppedAt, transitions, error }) => {
    const machine = machines.find((each) => each.arn === machineArn)
    return {
      ...{ name, status, startedAt, stoppedAt, transitions, error },
      machine: machine?.name,
      path: machine?.states ?? [],
      at: [...new Set(workflows.statesOf(arn))],
    }
  })
}

const deliveryView = ({ id, webhook_id, event, state, attempts_made, attempts, next_attempt_at, updated_at }: DeliveryItem) => {
  const last = attempts.at(-1)
  return {
    ...{ id, state, updated_at, webhook: webhook_id, event: event.type, ring: event.cluster_id, attempts: attempts_made },
    last: last && { at: last.at, status: last.status, error: last.error, ms: last.duration_ms },
    next: state === 'pending' ? next_attempt_at : undefined,
  }
}

const numbered = <T>(list: Numbered<T>[]): Record<string, Numbered<T>> => keyed(list, ({ n }) => String(n))

export function snapshotOf(seen: Seen): Snapshot {
  const { ecs, hostGroups, activity, faults, items, clock } = seen
  const lost = new Set(faults.flatMap(({ kind, what }) => (kind === 'az' && 'az' in what ? [String(what.az)] : [])))
  const azs = [...new Set(hostGroups.map(({ az }) => az))].sort().map((az) => ({ az, lost: lost.has(az) }))
  const members = new Map(items.nodes.flatMap((node) => (node.task_arn === undefined ? [] : [[node.task_arn, node] as const])))
  const tasks = ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  const deliveries = items.deliveries.sort((a, b) => b.updated_at.localeCompare(a.updated_at)).slice(0, DELIVERIES)
  return {
    clock: { clock },
    azs: keyed(azs, ({ az }) => az),
    hosts: keyed(ecs.hosts().map(hostView), ({ id }) => id),
    tasks: keyed(
      tasks.map((task) => taskView(task, members)),
      ({ id }) => id,
    ),
    rings: keyed(
      items.clusters.map((cluster) => ringView(cluster, seen)),
      ({ id }) => id,
    ),
    executions: keyed(executionViews(seen), ({ name }) => name),
    deliveries: keyed(deliveries.map(deliveryView), ({ id }) => id),
    events: numbered(activity.events.list()),
    calls: numbered(activity.calls.list()),
    denials: numbered(activity.denials.list()),
    faults: keyed(faults, ({ id }) => id),
  }
}
