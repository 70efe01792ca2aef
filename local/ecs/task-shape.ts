import type { HostRecord, TaskRecord } from './records.ts'
import type { TaskDefinition } from './task-definition.ts'

/** How a moment is written: epoch seconds in API answers, RFC 3339 in events. */
export type WriteTime = (epochMs: number) => number | string
export const apiTime: WriteTime = (epochMs) => epochMs / 1000
export const eventTime: WriteTime = (epochMs) => new Date(epochMs).toISOString()

type ContainerStatus = 'PENDING' | 'RUNNING' | 'STOPPED'

function containerStatus(task: TaskRecord): ContainerStatus {
  if (task.container.exited || task.lastStatus === 'STOPPED') return 'STOPPED'
  return task.container.started ? 'RUNNING' : 'PENDING'
}

/** As `ip-10-0-0-1.ec2.internal` is made of the address. */
export const privateDnsName = (address: string): string => `ip-${address.replaceAll('.', '-')}.ec2.internal`

function interfaceStatus(task: TaskRecord): string {
  if (task.lastStatus === 'STOPPED') return 'DELETED'
  return task.lastStatus === 'PROVISIONING' ? 'ATTACHING' : 'ATTACHED'
}

/** The type has one name in the API and another in events. */
function attachments(task: TaskRecord, type: string): object[] {
  if (!task.eni) return []
  const details = {
    subnetId: task.subnetId ?? '',
    networkInterfaceId: task.eni.id,
    macAddress: task.eni.mac,
    privateDnsName: privateDnsName(task.eni.address),
    privateIPv4Address: task.eni.address,
  }
  return [
    {
      id: task.eni.attachmentId,
      type,
      status: interfaceStatus(task),
      details: Object.entries(details).map(([name, value]) => ({ name, value })),
    },
  ]
}

function container(task: TaskRecord, definition: TaskDefinition): object {
  const [{ name, image, cpu = 0 }] = definition.containerDefinitions
  return {
    containerArn: task.container.arn,
    taskArn: task.arn,
    name,
    image,
    lastStatus: containerStatus(task),
    cpu: String(cpu),
    ...(task.container.started ? { runtimeId: task.container.runtimeId } : {}),
    ...(task.container.exitCode === undefined ? {} : { exitCode: task.container.exitCode }),
    ...(task.container.reason ? { reason: task.container.reason } : {}),
    networkInterfaces: task.eni ? [{ attachmentId: task.eni.attachmentId, privateIpv4Address: task.eni.address }] : [],
  }
}

const TIMES = ['createdAt', 'pullStartedAt', 'pullStoppedAt', 'startedAt', 'stoppingAt', 'executionStoppedAt', 'stoppedAt'] as const

function times(task: TaskRecord, write: WriteTime): Record<string, number | string> {
  return Object.fromEntries(
    TIMES.flatMap((name) => {
      const at = task[name]
      return at === undefined ? [] : [[name, write(at)]]
    }),
  )
}

export interface Surroundings {
  definition: TaskDefinition
  host: HostRecord | undefined
}

function shape(task: TaskRecord, { definition, host }: Surroundings, write: WriteTime, interfaceType: string): object {
  return {
    attachments: attachments(task, interfaceType),
    availabilityZone: task.az,
    capacityProviderName: task.capacityProvider,
    clusterArn: task.clusterArn,
    ...(task.hostArn
      ? { connectivity: host?.agentConnected === false ? 'DISCONNECTED' : 'CONNECTED', containerInstanceArn: task.hostArn }
      : {}),
    containers: [container(task, definition)],
    cpu: String(task.cpu),
    memory: String(task.memory),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    group: task.group,
    lastStatus: task.lastStatus,
    launchType: 'EC2',
    overrides: task.overrides,
    ...(task.startedBy ? { startedBy: task.startedBy } : {}),
    ...(task.stopCode ? { stopCode: task.stopCode } : {}),
    ...(task.stoppedReason ? { stoppedReason: task.stoppedReason } : {}),
    ...times(task, write),
    taskArn: task.arn,
    taskDefinitionArn: task.definitionArn,
    version: task.version,
  }
}

/** A task as DescribeTasks shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export const taskShape = (task: TaskRecord, around: Surroundings, includeTags: boolean): object => ({
  ...shape(task, around, apiTime, 'ElasticNetworkInterface'),
  healthStatus: 'UNKNOWN',
  attributes: [],
  tags: includeTags ? task.tags : [],
})

/** A task as the event tells it: no tags, no health. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
export const taskDetail = (task: TaskRecord, around: Surroundings): object => ({
  ...shape(task, around, eventTime, 'eni'),
  updatedAt: eventTime(task.updatedAt),
})
