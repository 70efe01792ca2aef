import type { Timers } from '../timers.ts'
import type { Driver, DriverEvents, ImageStore } from './driver.ts'
import type { EcsEvent } from './events.ts'
import type { TaskStatus } from './records.ts'

/** One capacity provider: an Auto Scaling group of one instance type in one AZ. */
export interface HostGroup {
  capacityProvider: string
  /** The ECS cluster's name it belongs to. */
  clusterName: string
  asg: string
  az: string
  instanceType: string
  min: number
  max: number
  agent: AgentConfig
}

/** What user data tells the agent of a new host. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
export interface AgentConfig {
  /** ECS_ENABLE_CONTAINER_METADATA: containers get the container metadata file. */
  containerMetadata: boolean
  /** ECS_INSTANCE_ATTRIBUTES: a text, or what the host's own metadata service answers. */
  attributes: { name: string; value: string | { imds: 'local-ipv4' } }[]
}

/** Milliseconds a task stays in a state beyond what its work takes, to look like AWS (PROVISIONING about 14,000 there); drawn for each task. */
export type Delays = Partial<Record<Exclude<TaskStatus, 'RUNNING' | 'STOPPED'>, number | (() => number)>>

export interface EcsOptions {
  account: string
  region: string
  clusters: { name: string; arn: string }[]
  hostGroups: HostGroup[]
  /** The subnets that tasks may get their interface in. */
  subnets: { id: string; az: string }[]
  /** The value behind a container secret's `valueFrom`; rejects when there is none, or the role may not read it. */
  readSecret(nameOrArn: string, executionRoleArn: string): Promise<string>
  images: ImageStore
  /** What runs containers; default: processes of this machine. */
  driver?(events: DriverEvents): Driver
  /** Takes every "ECS Task State Change" and "ECS Container Instance State Change". */
  emit(event: EcsEvent): void
  /** The model's own directory: its records, the hosts' disks, the tasks' directories. */
  dataDir: string
  timers: Timers
  /** Random lower-case hexadecimal digits, so many of them. */
  ids?(length: number): string
  delays?: Delays
  /** From the decision to launch a host until tasks can be placed on it; default 300 ms. */
  hostBootMs?: number
  /** What went wrong inside the model itself; default: the console. */
  onError?(error: unknown, where: string): void
}
