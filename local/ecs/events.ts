import { type HostState, hostShape } from './host-shape.ts'
import type { TaskRecord } from './records.ts'
import { eventTime, type Surroundings, taskDetail } from './task-shape.ts'

/** An event as EventBridge hands it on. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html */
export interface EcsEvent {
  version: '0'
  id: string
  'detail-type': 'ECS Task State Change' | 'ECS Container Instance State Change'
  source: 'aws.ecs'
  account: string
  /** RFC 3339 in UTC, whole seconds. */
  time: string
  region: string
  resources: string[]
  detail: Record<string, unknown>
}

export interface EventsDeps {
  account: string
  region: string
  ids(length: number): string
  now(): number
  emit(event: EcsEvent): void
}

export interface Announcer {
  task(task: TaskRecord, around: Surroundings): void
  host(state: HostState): void
  /** The last word on a host whose record is gone. */
  hostGone(state: HostState): void
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** Tells the outside of every change. At AWS events may come twice, late and in any order: `detail.version` orders them. */
export function announcer(deps: EventsDeps): Announcer {
  const send = (type: EcsEvent['detail-type'], resource: string, detail: object): void =>
    deps.emit({
      version: '0',
      id: uuid(deps.ids(32)),
      'detail-type': type,
      source: 'aws.ecs',
      account: deps.account,
      time: new Date(deps.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: deps.region,
      resources: [resource],
      detail: { ...detail },
    })
  const host = (state: HostState, status: string): void =>
    send('ECS Container Instance State Change', state.host.arn, {
      ...hostShape(state, eventTime),
      clusterArn: state.host.clusterArn,
      status,
      updatedAt: eventTime(deps.now()),
    })
  return {
    task: (task, around) => send('ECS Task State Change', task.arn, taskDetail(task, around)),
    host: (state) => host(state, state.host.status),
    hostGone: (state) => host(state, 'INACTIVE'),
  }
}
