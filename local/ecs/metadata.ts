import type { RequestListener } from 'node:http'
import type { TaskRecord } from './records.ts'
import { eventTime, privateDnsName } from './task-shape.ts'
import type { Tasks } from './tasks.ts'

const upper = (status: TaskRecord['lastStatus']): string => (status === 'PROVISIONING' ? 'NONE' : status)

/** Shapes of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-examples.html */
function containerAnswer(task: TaskRecord, tasks: Tasks): object {
  const { definition } = tasks.around(task)
  const [{ name, image }] = definition.containerDefinitions
  return {
    DockerId: task.container.runtimeId,
    Name: name,
    DockerName: `ecs-${definition.family}-${definition.revision}-${name}-${task.container.runtimeId.slice(-10)}`,
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
    Networks: task.eni
      ? [
          {
            NetworkMode: 'awsvpc',
            IPv4Addresses: [task.eni.address],
            AttachmentIndex: 0,
            MACAddress: task.eni.mac,
            PrivateDNSName: privateDnsName(task.eni.address),
          },
        ]
      : [],
  }
}

function taskAnswer(task: TaskRecord, tasks: Tasks): object {
  const { definition } = tasks.around(task)
  return {
    Cluster: task.clusterArn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: upper(task.lastStatus),
    Limits: { CPU: task.cpu / 1024, Memory: task.memory },
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
