import type { RequestListener } from 'node:http'
import type { TaskRecord } from './records.ts'
import type { TaskDefinition } from './task-definition.ts'
import { eventTime, privateDnsName } from './task-shape.ts'
import { cpuLimit } from './task-size.ts'
import type { Tasks } from './tasks.ts'

const upper = (status: TaskRecord['lastStatus']): string => (status === 'PROVISIONING' ? 'NONE' : status)

/** As the agent calls a container. */
export const dockerName = ({ container }: TaskRecord, { family, revision, containerDefinitions: [{ name }] }: TaskDefinition): string =>
  `ecs-${family}-${revision}-${name}-${container.runtimeId.slice(-10)}`

function networks({ networkMode, eni }: TaskRecord): object[] {
  // Docker knows no address of a container in its host's network, and the agent passes on what Docker says:
  // https://github.com/aws/amazon-ecs-agent/blob/8dfceca6cf380a83c3007349317566f2862f0673/agent/handlers/v4/container_metadata_handler.go
  if (networkMode === 'host') return [{ NetworkMode: 'host', IPv4Addresses: [''] }]
  if (!eni) return []
  const { address, mac } = eni
  return [{ NetworkMode: 'awsvpc', IPv4Addresses: [address], AttachmentIndex: 0, MACAddress: mac, PrivateDNSName: privateDnsName(address) }]
}

/** Shapes of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-examples.html */
function containerAnswer(task: TaskRecord, tasks: Tasks): object {
  const { definition } = tasks.around(task)
  const [{ name, image }] = definition.containerDefinitions
  return {
    DockerId: task.container.runtimeId,
    Name: name,
    DockerName: dockerName(task, definition),
    Image: image,
    Labels: {
      'com.amazonaws.ecs.cluster': task.clusterArn,
      'com.amazonaws.ecs.container-name': name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': definition.family,
      'com.amazonaws.ecs.task-definition-version': String(definition.revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: upper(task.lastStatus),
    Limits: { CPU: task.cpu, Memory: task.memory },
    CreatedAt: eventTime(task.createdAt),
    ...(task.startedAt === undefined ? {} : { StartedAt: eventTime(task.startedAt) }),
    Type: 'NORMAL',
    ContainerARN: task.container.arn,
    Networks: networks(task),
  }
}

function taskAnswer(task: TaskRecord, tasks: Tasks): object {
  const { definition } = tasks.around(task)
  const limit = cpuLimit(task.overrides, definition)
  return {
    Cluster: task.clusterArn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: upper(task.lastStatus),
    Limits: { ...(limit === undefined ? {} : { CPU: limit / 1024 }), Memory: task.memory },
    ...(task.pullStartedAt === undefined ? {} : { PullStartedAt: eventTime(task.pullStartedAt) }),
    ...(task.pullStoppedAt === undefined ? {} : { PullStoppedAt: eventTime(task.pullStoppedAt) }),
    AvailabilityZone: task.az,
    LaunchType: 'EC2',
    Containers: [containerAnswer(task, tasks)],
  }
}

const PATH = /^\/v4\/([\w-]+)(\/task)?$/

/**
 * The task metadata endpoint, version 4. It knows a task from its PENDING on, and answers before the task is RUNNING: that
 * is how a container learns its own address.
 */
export function metadataEndpoint(book: () => Tasks | undefined): RequestListener {
  return (request, response) => {
    const [, runtimeId, whole] = PATH.exec(request.url ?? '') ?? []
    const tasks = book()
    const task = tasks?.all().find((candidate) => candidate.container.runtimeId === runtimeId && candidate.lastStatus !== 'STOPPED')
    const answer = tasks && task && (whole ? taskAnswer(task, tasks) : containerAnswer(task, tasks))
    const body = JSON.stringify(answer ?? { error: `V4 metadata handler: unable to get metadata for ${request.url}` })
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  }
}
