import { createHash } from 'node:crypto'
import type { NetworkConfiguration, RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { hostClassFor } from '../../clusters/host-class.ts'
import { startedBy } from '../../clusters/naming.ts'
import type { ClusterRecord } from '../../clusters/record.ts'
import { containerOf } from '../../clusters/ring-of.ts'
import { sizeOf } from '../../contract/sizes.ts'
import type { Member, Ports } from '../../engines/engine.ts'
import type { HostClass } from '../../platform/env.ts'
import type { CellPlan } from '../deps.ts'
import type { Place } from '../placement.ts'
import { CONTAINER } from './define-task.ts'
import { ecsTags, tagsOf } from './tags.ts'

/** ECS takes a client token of up to 64 characters; one token means one task, for as long as the token lives. */
const clientToken = (nodeId: string, attempt: number): string => createHash('sha256').update(`${nodeId}.${attempt}`).digest('hex')

/** Naming one capacity provider keeps ECS from splitting by weight. */
function providerFor(classes: HostClass[], { spec, network }: ClusterRecord, az: string): string {
  const { memory_mib } = sizeOf(spec.size)
  const provider = hostClassFor(classes, memory_mib, network)?.capacity_providers[az]
  if (!provider) throw new Error(`no hosts in ${az} with network ${network} can carry a node of ${memory_mib} MiB`)
  return provider
}

export interface Launch {
  nodeId: string
  attempt: number
  member: Member
  place: Place
  ports: Ports
}

/** A network interface in the AZ's subnet, which puts the task into that AZ. */
function interfaceOf(cell: CellPlan, { id, resources }: ClusterRecord, az: string): NetworkConfiguration {
  const subnet = cell.taskSubnets[az]
  if (!subnet || !resources.security_group_id) throw new Error(`cluster ${id} has no subnet in ${az} or no security group`)
  return { awsvpcConfiguration: { subnets: [subnet], securityGroups: [resources.security_group_id] } }
}

/** The exact RunTask input of one attempt of one member; it is written down before it is sent. */
export function runRequest(cell: CellPlan, cluster: ClusterRecord, launch: Launch): RunTaskCommandInput {
  const { member, place } = launch
  const { task_definition_arn: taskDefinition } = cluster.resources
  if (!taskDefinition) throw new Error(`cluster ${cluster.id} has no task definition`)
  const environment = { RINGHOLD_NODE: launch.nodeId, ...containerOf(cluster).environment(member, launch.ports) }
  return {
    cluster: cell.ecsCluster,
    taskDefinition,
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: providerFor(cell.hostClasses, cluster, place.az), weight: 1 }],
    ...(cluster.network === 'own' ? { networkConfiguration: interfaceOf(cell, cluster, place.az) } : {}),
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
      containerOverrides: [{ name: CONTAINER, environment: Object.entries(environment).map(([name, value]) => ({ name, value })) }],
    },
  }
}
