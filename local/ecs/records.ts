import * as z from 'zod'
import { Tags } from './tags.ts'
import { KeyValue, NetworkMode } from './task-definition.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export const TASK_STATUSES = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const
export const TaskStatus = z.enum(TASK_STATUSES)
export type TaskStatus = z.infer<typeof TaskStatus>

export const StopCode = z.enum(['TaskFailedToStart', 'EssentialContainerExited', 'UserInitiated', 'TerminationNotice'])
export type StopCode = z.infer<typeof StopCode>

/** `random`, and `spread` over attributes, are not modelled: a capacity provider is one AZ here. */
export const Strategy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('spread'), field: z.enum(['instanceId', 'host']) }),
  z.strictObject({ type: z.literal('binpack'), field: z.enum(['cpu', 'memory']) }),
])
export type Strategy = z.infer<typeof Strategy>

export const Overrides = z.strictObject({
  cpu: z.string().optional(),
  memory: z.string().optional(),
  containerOverrides: z
    .array(
      z.strictObject({
        name: z.string(),
        environment: z.array(KeyValue).optional(),
        command: z.array(z.string()).optional(),
        cpu: z.int().nonnegative().optional(),
      }),
    )
    .optional(),
})
export type Overrides = z.infer<typeof Overrides>

/** The task's own network interface. Its address is of the local cloud's block and never changes. */
const Interface = z.object({ attachmentId: z.string(), id: z.string(), mac: z.string(), address: z.string() })

/** The one container of a task. `launch` counts starts of its process: 0 is never started, more than 1 only after our own restart. */
const Container = z.object({
  arn: z.string(),
  runtimeId: z.string(),
  launch: z.int(),
  started: z.boolean(),
  exited: z.boolean(),
  exitCode: z.int().optional(),
  reason: z.string().optional(),
})

/** A task as it is kept: what was asked, where it is, what became of it. Times are epoch milliseconds. */
export const TaskRecord = z.object({
  arn: z.string(),
  id: z.string(),
  clusterArn: z.string(),
  definitionArn: z.string(),
  family: z.string(),
  group: z.string(),
  startedBy: z.string().optional(),
  tags: Tags,
  capacityProvider: z.string(),
  az: z.string(),
  networkMode: NetworkMode.default('awsvpc'),
  /** Of the interface: a task in its host's network has none. */
  subnetId: z.string().optional(),
  securityGroups: z.array(z.string()),
  /** Ports of its host that are reserved for it. */
  hostPorts: z.array(z.int()).default([]),
  /** What is reserved of its host. */
  cpu: z.int(),
  memory: z.int(),
  overrides: Overrides,
  distinctInstance: z.boolean(),
  strategy: z.array(Strategy),
  /** The client token it was started with; `index` tells the tasks of one RunTask apart. */
  token: z.object({ value: z.string(), fingerprint: z.string(), index: z.int() }).optional(),
  lastStatus: TaskStatus,
  desiredStatus: z.enum(['RUNNING', 'STOPPED']),
  /** Grows with every change that an event tells. */
  version: z.int(),
  hostArn: z.string().optional(),
  eni: Interface.optional(),
  container: Container,
  /** Its process was stopped with the local cloud and starts again with it; to the outside it is still RUNNING. */
  paused: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
  pullStartedAt: z.number().optional(),
  pullStoppedAt: z.number().optional(),
  startedAt: z.number().optional(),
  stoppingAt: z.number().optional(),
  executionStoppedAt: z.number().optional(),
  stoppedAt: z.number().optional(),
  stopCode: StopCode.optional(),
  stoppedReason: z.string().optional(),
})
export type TaskRecord = z.infer<typeof TaskRecord>

/** A container host. One that is gone has no record, but where ECS does not know it. */
export const HostRecord = z.object({
  arn: z.string(),
  id: z.string(),
  ec2InstanceId: z.string(),
  clusterArn: z.string(),
  capacityProvider: z.string(),
  az: z.string(),
  instanceType: z.string(),
  /** In the network, from its registration on: stable for its life, and no other host's or task's. */
  address: z.string().optional(),
  /** What its agent was told to register, and how it was set up, when it booted. */
  attributes: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  containerMetadata: z.boolean().default(false),
  /** REGISTERING: launched, not booted. */
  status: z.enum(['REGISTERING', 'ACTIVE', 'DRAINING']),
  agentConnected: z.boolean(),
  /** It died while its agent was out of touch: ECS has it, and what was on it, on its books until it is deregistered. */
  gone: z.boolean().default(false),
  version: z.int(),
  launchedAt: z.number(),
  registeredAt: z.number().optional(),
})
export type HostRecord = z.infer<typeof HostRecord>

/** A machine in EC2. Times are epoch milliseconds. */
export const InstanceRecord = z.object({
  id: z.string(),
  az: z.string(),
  instanceType: z.string(),
  address: z.string().optional(),
  launchedAt: z.number(),
  /** Absent while it runs. */
  terminatedAt: z.number().optional(),
})
export type InstanceRecord = z.infer<typeof InstanceRecord>
