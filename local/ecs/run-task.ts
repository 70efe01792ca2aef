import { AwsError } from '../aws/service.ts'
import { fingerprintOf, startedWith } from './client-tokens.ts'
import type { Definitions } from './definitions.ts'
import type { EcsCluster, Names } from './names.ts'
import type { HostGroup } from './options.ts'
import type { TaskRecord } from './records.ts'
import type { RunInput } from './run-input.ts'
import type { TaskDefinition } from './task-definition.ts'
import { networkOf, type Subnet, type TaskNetwork } from './task-network.ts'
import { sizeOf } from './task-size.ts'
import type { Tasks } from './tasks.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
export const PROVISIONING_LIMIT = 500
/** Characters of `overrides` as JSON. */
const OVERRIDES_LIMIT = 8192

export interface RunTaskDeps {
  tasks: Tasks
  definitions: Definitions
  names: Names
  hostGroups: HostGroup[]
  subnets: Subnet[]
  ids(length: number): string
  now(): number
}

export interface RunAnswer {
  tasks: TaskRecord[]
  failures: { arn: string; reason: string }[]
}

function activeDefinition(deps: RunTaskDeps, reference: string): TaskDefinition {
  const definition = deps.definitions.find(reference)
  if (definition.status !== 'ACTIVE') throw new AwsError('ClientException', 'TaskDefinition is inactive')
  return definition
}

function groupOf(deps: RunTaskDeps, cluster: EcsCluster, input: RunInput): HostGroup {
  const [{ capacityProvider }] = input.capacityProviderStrategy
  const found = deps.hostGroups.find((group) => group.capacityProvider === capacityProvider && group.clusterName === cluster.name)
  if (found) return found
  throw new AwsError(
    'InvalidParameterException',
    `The specified capacity provider '${capacityProvider}' is not associated with the cluster.`,
  )
}

function checkOverrides(input: RunInput, definition: TaskDefinition): void {
  const { overrides = {} } = input
  if (JSON.stringify(overrides).length > OVERRIDES_LIMIT)
    throw new AwsError('InvalidParameterException', `overrides are longer than ${OVERRIDES_LIMIT} characters`)
  const [container] = definition.containerDefinitions
  for (const { name } of overrides.containerOverrides ?? [])
    if (name !== container.name)
      throw new AwsError('InvalidParameterException', `Override for container named ${name} is not a container in the TaskDefinition.`)
}

interface Request {
  cluster: EcsCluster
  definition: TaskDefinition
  group: HostGroup
  network: TaskNetwork
  input: RunInput
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html, as it is before anything happened to it. */
function newTask(deps: RunTaskDeps, { cluster, definition, group, network, input }: Request): TaskRecord {
  const id = deps.ids(32)
  const at = deps.now()
  return {
    arn: deps.names.arn('task', cluster.name, id),
    id,
    clusterArn: cluster.arn,
    definitionArn: definition.arn,
    family: definition.family,
    group: input.group ?? `family:${definition.family}`,
    ...(input.startedBy ? { startedBy: input.startedBy } : {}),
    tags: input.tags ?? [],
    capacityProvider: group.capacityProvider,
    az: group.az,
    ...network,
    ...sizeOf(input.overrides ?? {}, definition),
    overrides: input.overrides ?? {},
    distinctInstance: (input.placementConstraints ?? []).length > 0,
    strategy: input.placementStrategy ?? [],
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    container: {
      arn: deps.names.arn('container', cluster.name, deps.ids(32)),
      runtimeId: `${id}-${deps.ids(10)}`,
      launch: 0,
      started: false,
      exited: false,
    },
    paused: false,
    createdAt: at,
    updatedAt: at,
  }
}

function checkProvisioning(deps: RunTaskDeps, cluster: EcsCluster, more: number): void {
  const provisioning = deps.tasks.all().filter((task) => task.clusterArn === cluster.arn && task.lastStatus === 'PROVISIONING')
  if (provisioning.length + more > PROVISIONING_LIMIT) throw new AwsError('ClientException', 'Tasks provisioning capacity limit exceeded.')
}

/**
 * Writes the tasks down in PROVISIONING; placing them is not its work. The token stands in the task's own record: either
 * both are remembered or neither, and a request that was cut short is completed by its repetition.
 * @throws AwsError as RunTask
 */
export function runTask(deps: RunTaskDeps, input: RunInput): RunAnswer {
  const cluster = deps.names.cluster(input.cluster)
  const fingerprint = fingerprintOf(input)
  const earlier = input.clientToken
    ? startedWith(deps.tasks.all(), cluster.arn, input.clientToken, fingerprint, deps.now())
    : new Map<number, TaskRecord>()
  const indexes = Array.from({ length: input.count ?? 1 }, (_, index) => index)
  const missing = indexes.filter((index) => !earlier.has(index))
  if (missing.length === 0) return { tasks: [...earlier.values()], failures: [] }

  const definition = activeDefinition(deps, input.taskDefinition)
  const group = groupOf(deps, cluster, input)
  const { network, subnet } = networkOf(input, definition, deps.subnets)
  checkOverrides(input, definition)
  if (subnet && subnet.az !== group.az)
    return { tasks: [...earlier.values()], failures: missing.map(() => ({ arn: subnet.id, reason: 'LOCATION' })) }
  checkProvisioning(deps, cluster, missing.length)
  const tasks = indexes.map((index) => {
    const known = earlier.get(index)
    if (known) return known
    const task = newTask(deps, { cluster, definition, group, network, input })
    const tokened: TaskRecord = input.clientToken ? { ...task, token: { value: input.clientToken, fingerprint, index } } : task
    deps.tasks.add(tokened)
    return tokened
  })
  return { tasks, failures: [] }
}
