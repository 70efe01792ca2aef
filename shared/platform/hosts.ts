import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  type ECSClient,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs'
import type { Clock } from './clock.ts'
import { sideBySide } from './side-by-side.ts'

/** A container host as ECS knows it. */
export interface Host {
  arn: string
  capacityProvider: string
  /** It takes tasks now. */
  takesTasks: boolean
  free: { cpu_units: number; memory_mib: number }
  /** Each has a network interface of its own. */
  tasks: number
}

/** DescribeContainerInstances takes a hundred a call, and ListContainerInstances gives as many. */
const BATCH = 100

async function arnsOf(ecs: ECSClient, cluster: string): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await ecs.send(new ListContainerInstancesCommand({ cluster, maxResults: BATCH, ...(nextToken ? { nextToken } : {}) }))
    arns.push(...(page.containerInstanceArns ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return arns
}

const left = (instance: ContainerInstance, resource: string): number =>
  instance.remainingResources?.find(({ name }) => name === resource)?.integerValue ?? 0

const hostOf = (instance: ContainerInstance): Host => ({
  arn: instance.containerInstanceArn ?? '',
  capacityProvider: instance.capacityProviderName ?? '',
  takesTasks: instance.status === 'ACTIVE' && instance.agentConnected === true,
  free: { cpu_units: left(instance, 'CPU'), memory_mib: left(instance, 'MEMORY') },
  tasks: (instance.runningTasksCount ?? 0) + (instance.pendingTasksCount ?? 0),
})

async function readInstances(ecs: ECSClient, cluster: string): Promise<ContainerInstance[]> {
  const arns = await arnsOf(ecs, cluster)
  const batches = Array.from({ length: Math.ceil(arns.length / BATCH) }, (_, i) => arns.slice(i * BATCH, (i + 1) * BATCH))
  const answers = await sideBySide(batches, (containerInstances) =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances })),
  )
  return answers.flatMap((answer) => answer.containerInstances ?? [])
}

/** All hosts of an ECS cluster, those that boot or are drained too. */
export const readHosts = async (ecs: ECSClient, cluster: string): Promise<Host[]> => (await readInstances(ecs, cluster)).map(hostOf)

/** The EC2 ids of hosts whose agent ECS hears nothing of: what happens to their tasks is told by nobody. */
export const silentHosts = async (ecs: ECSClient, cluster: string): Promise<string[]> =>
  (await readInstances(ecs, cluster))
    .filter(({ agentConnected }) => agentConnected === false)
    .map(({ ec2InstanceId }) => ec2InstanceId ?? '')

/** How old an answer may be, in milliseconds. */
const OF_LATE_MS = 5_000

/**
 * The hosts as they are or were a moment ago. ECS counts reads of hosts and of tasks together, by account
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html): whoever asks for previews all the time
 * would leave none to the loops that make rings.
 */
export function hostsOfLate(read: () => Promise<Host[]>, clock: Pick<Clock, 'now'>): () => Promise<Host[]> {
  let known: { hosts: Host[]; at: number } | undefined
  return async () => {
    if (known && clock.now() < known.at + OF_LATE_MS) return known.hosts
    const at = clock.now()
    const hosts = await read()
    known = { hosts, at }
    return hosts
  }
}
