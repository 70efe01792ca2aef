import * as z from 'zod'
import { type JsonOperation, operation } from '../aws/json-protocol.ts'
import { AwsError } from '../aws/service.ts'
import type { Fleet } from './fleet.ts'
import type { HostChanges } from './host-changes.ts'
import { hostShape } from './host-shape.ts'
import { byReference, type EcsCluster, type Names } from './names.ts'
import { PageRequest, page, sortable } from './paging.ts'
import type { HostRecord } from './records.ts'
import type { Recovery } from './recovery.ts'
import type { Store } from './store.ts'
import { apiTime } from './task-shape.ts'

export interface HostOperationsDeps {
  store: Store
  fleet: Fleet
  names: Names
  changes: HostChanges
  recovery: Pick<Recovery, 'disown' | 'recover'>
  /** A host takes tasks again. */
  demand(): void
}

interface Found {
  hosts: HostRecord[]
  failures: { arn: string; reason: string }[]
}

function lookUp(deps: HostOperationsDeps, cluster: EcsCluster, references: string[]): Found {
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Container instances cannot be empty.')
  if (references.length > 100) throw new AwsError('InvalidParameterException', 'Container instances cannot have more than 100 elements.')
  const hosts = deps.store.hosts.values()
  const found = references.map((reference) => ({ reference, host: byReference(hosts, cluster, reference) }))
  return {
    hosts: found.flatMap(({ host }) => host ?? []),
    failures: found.flatMap(({ host, reference }) => (host ? [] : [{ arn: reference, reason: 'MISSING' }])),
  }
}

const DescribeInput = z.strictObject({
  cluster: z.string().optional(),
  containerInstances: z.array(z.string()),
  include: z.array(z.literal('TAGS')).optional(),
})
const ListInput = z.strictObject({
  cluster: z.string().optional(),
  status: z.enum(['ACTIVE', 'DRAINING', 'REGISTERING']).optional(),
  ...PageRequest,
})
const UpdateInput = z.strictObject({
  cluster: z.string().optional(),
  containerInstances: z.array(z.string()).max(10),
  status: z.enum(['ACTIVE', 'DRAINING']),
})
const DeregisterInput = z.strictObject({
  cluster: z.string().optional(),
  containerInstance: z.string(),
  force: z.boolean().default(false),
})

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html */
function update(deps: HostOperationsDeps, input: z.infer<typeof UpdateInput>): object {
  const { hosts, failures } = lookUp(deps, deps.names.cluster(input.cluster), input.containerInstances)
  const booting = hosts.find((host) => host.status === 'REGISTERING')
  if (booting) throw new AwsError('InvalidParameterException', `Container instance ${booting.id} is not ACTIVE or DRAINING.`)
  const changed = hosts.map((host) => deps.changes.setStatus(host, input.status))
  deps.demand()
  return { containerInstances: changed.map((host) => hostShape(deps.fleet.state(host), apiTime)), failures }
}

/**
 * Of a host that is gone without a word. One that lives would go on with its containers, which ECS then knows nothing of: no model of that.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
 */
async function deregister(
  deps: HostOperationsDeps,
  { cluster, containerInstance, force }: z.infer<typeof DeregisterInput>,
): Promise<object> {
  const host = byReference(deps.store.hosts.values(), deps.names.cluster(cluster), containerInstance)
  if (!host) throw new AwsError('InvalidParameterException', 'Referenced container instance not found.')
  if (!host.gone) throw new AwsError('InvalidParameterException', `The local model deregisters no host that lives, as ${host.id} does.`)
  const { tasks } = deps.fleet.state(host)
  if (tasks.length > 0 && !force) throw new AwsError('InvalidParameterException', 'Found running tasks on the instance.')
  const ending = tasks.map(deps.recovery.disown)
  const last = deps.changes.deregister(host)
  await Promise.all(ending.map(deps.recovery.recover))
  return { containerInstance: { ...hostShape(deps.fleet.state(last), apiTime), status: 'INACTIVE' } }
}

export function hostOperations(deps: HostOperationsDeps): Record<string, JsonOperation> {
  return {
    DescribeContainerInstances: operation(DescribeInput, (input) => {
      const { hosts, failures } = lookUp(deps, deps.names.cluster(input.cluster), input.containerInstances)
      return { containerInstances: hosts.map((host) => hostShape(deps.fleet.state(host), apiTime)), failures }
    }),
    ListContainerInstances: operation(ListInput, (input) => {
      const cluster = deps.names.cluster(input.cluster)
      const wanted = deps.store.hosts
        .values()
        .filter((host) => host.clusterArn === cluster.arn && host.status === (input.status ?? host.status))
      const { items, nextToken } = page(wanted, (host) => `${sortable(host.launchedAt)}:${host.arn}`, input)
      return { containerInstanceArns: items.map((host) => host.arn), ...(nextToken ? { nextToken } : {}) }
    }),
    DeregisterContainerInstance: operation(DeregisterInput, (input) => deregister(deps, input)),
    UpdateContainerInstancesState: operation(UpdateInput, (input) => update(deps, input)),
  }
}
