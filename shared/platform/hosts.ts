import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  type ECSClient,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs'
import type { Clock } from './clock.ts'
import { batchesOf, everyPage } from './pages.ts'
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

const arnsOf = (ecs: ECSClient, cluster: string): Promise<string[]> =>
  everyPage(async (nextToken) => {
    const page = await ecs.send(new ListContainerInstancesCommand({ cluster, maxResults: BATCH, nextToken }))
    return { items: page.containerInstanceArns ?? [], next: page.nextToken }
  })

/** These, as far as ECS knows them. */
export async function describeInstances(ecs: ECSClient, cluster: string, arns: string[]): Promise<ContainerInstance[]> {
  const answers = await sideBySide(batchesOf(arns, BATCH), (containerInstances) =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances })),
  )
  return answers.flatMap((answer) => answer.containerInstances ?? [])
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

const readInstances = async (ecs: ECSClient, cluster: string): Promise<ContainerInstance[]> =>
  describeInstances(ecs, cluster, await arnsOf(ecs, cluster))

/** All hosts of an ECS cluster, those that boot or are drained too. */
export const readHosts = async (ecs: ECSClient, cluster: string): Promise<Host[]> => (await readInstances(ecs, cluster)).map(hostOf)

/** A host whose agent ECS hears nothing of: what happens to its tasks is told by nobody. */
export interface SilentHost {
  arn: string
  /** Its id in EC2. */
  instance: string
  /** When it came, in milliseconds. */
  registered_at: number
}

/** What of an ECS cluster's hosts needs somebody's attention. */
export interface HostNews {
  silent: SilentHost[]
  /** Arns of those that are to lose their tasks: ECS itself moves none that no service owns. */
  draining: string[]
}

const isDraining = ({ status }: ContainerInstance): boolean => status === 'DRAINING'
const arnOf = ({ containerInstanceArn = '' }: ContainerInstance): string => containerInstanceArn

const silentHost = ({ containerInstanceArn = '', ec2InstanceId = '', registeredAt }: ContainerInstance): SilentHost => ({
  ...{ arn: containerInstanceArn, instance: ec2InstanceId, registered_at: registeredAt?.getTime() ?? 0 },
})

export async function hostNews(ecs: ECSClient, cluster: string): Promise<HostNews> {
  const instances = await readInstances(ecs, cluster)
  const silent = instances.filter(({ agentConnected }) => agentConnected === false)
  return { silent: silent.map(silentHost), draining: instances.filter(isDraining).map(arnOf) }
}

/** Which of these hosts are to lose their tasks. */
export const drainingAmong = async (ecs: ECSClient, cluster: string, hosts: string[]): Promise<Set<string>> =>
  new Set((await describeInstances(ecs, cluster, hosts)).filter(isDraining).map(arnOf))

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
