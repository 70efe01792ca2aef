import { createHash } from 'node:crypto'
import type { RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { startedBy } from '../../clusters/naming.ts'
import type { ClusterRecord } from '../../clusters/record.ts'
import { ringOf } from '../../clusters/ring-of.ts'
import { sizeOf } from '../../contract/sizes.ts'
import type { Member } from '../../engines/engine.ts'
import type { HostClass } from '../../platform/env.ts'
import type { CellPlan } from '../deps.ts'
import type { Place } from '../placement.ts'
import { CONTAINER } from './define-task.ts'
import { ecsTags, tagsOf } from './tags.ts'

/** ECS takes a client token of up to 64 characters; one token means one task, for as long as the token lives. */
const clientToken = (nodeId: string, attempt: number): string => createHash('sha256').update(`${nodeId}.${attempt}`).digest('hex')

/** The smallest class of hosts that can carry such a node. */
export const hostClassFor = (classes: HostClass[], memoryMiB: number): HostClass | undefined =>
  classes.find((hosts) => memoryMiB <= hosts.max_node_memory_mib)

/** Naming one capacity provider keeps ECS from splitting by weight. */
function providerFor(classes: HostClass[], memoryMiB: number, az: string): string {
  const provider = hostClassFor(classes, memoryMiB)?.capacity_providers[az]
  if (!provider) throw new Error(`no hosts in ${az} can carry a node of ${memoryMiB} MiB`)
  return provider
}

export interface Launch {
  nodeId: string
  attempt: number
  member: Member
  place: Place
}

/** The exact RunTask input of one attempt of one member; it is written down before it is sent. */
export function runRequest(cell: CellPlan, cluster: ClusterRecord, launch: Launch): RunTaskCommandInput {
  const { member, place } = launch
  const { memory_mib, cpu_units } = sizeOf(cluster.spec.size)
  const subnet = cell.taskSubnets[place.az]
  const { security_group_id: group, task_definition_arn: taskDefinition } = cluster.resources
  if (!subnet || !group || !taskDefinition)
    throw new Error(`cluster ${cluster.id} has no subnet in ${place.az}, no security group or no task definition`)
  const environment = { RINGHOLD_NODE: launch.nodeId, ...ringOf(cluster.spec).container.environment(member) }
  return {
    cluster: cell.ecsCluster,
    taskDefinition,
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: providerFor(cell.hostClasses, memory_mib, place.az), weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnet], securityGroups: [group] } },
    // Spread counts the tasks of the same group only; among equals the fullest host is taken.
    placementStrategy: [
      { type: 'spread', field: 'instanceId' },
      { type: 'binpack', field: 'memory' },
    ],
    ...(place.distinctHosts ? { placementConstraints: [{ type: 'distinctInstance' as const }] } : {}),
    group: place.group,
    startedBy: startedBy(cluster.tenant_id, cluster.id),
    clientToken: clientToken(launch.nodeId, launch.attempt),
    tags: ecsTags({ ...tagsOf(cell.name, cluster), 'ringhold:node': launch.nodeId }),
    overrides: {
      cpu: String(cpu_units),
      memory: String(memory_mib),
      containerOverrides: [{ name: CONTAINER, environment: Object.entries(environment).map(([name, value]) => ({ name, value })) }],
    },
  }
}
