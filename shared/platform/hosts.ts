import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  type ECSClient,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs'
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

/** All hosts of an ECS cluster, those that boot or are drained too. */
export async function readHosts(ecs: ECSClient, cluster: string): Promise<Host[]> {
  const arns = await arnsOf(ecs, cluster)
  const batches = Array.from({ length: Math.ceil(arns.length / BATCH) }, (_, i) => arns.slice(i * BATCH, (i + 1) * BATCH))
  const answers = await sideBySide(batches, (containerInstances) =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster, containerInstances })),
  )
  return answers.flatMap((answer) => (answer.containerInstances ?? []).map(hostOf))
}
