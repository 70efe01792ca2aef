import * as z from 'zod'
import { type JsonOperation, operation } from '../aws/json-protocol.ts'
import type { EcsCluster, Names } from './names.ts'
import type { HostGroup } from './options.ts'
import type { Store } from './store.ts'

export interface ClusterOperationsDeps {
  store: Store
  names: Names
  clusters: EcsCluster[]
  hostGroups: HostGroup[]
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html */
function clusterShape({ store, hostGroups }: ClusterOperationsDeps, { name, arn }: EcsCluster): object {
  const tasks = store.tasks.values().filter((task) => task.clusterArn === arn)
  return {
    clusterArn: arn,
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: store.hosts.values().filter((host) => host.clusterArn === arn && host.status !== 'REGISTERING')
      .length,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter((task) => task.lastStatus === 'PENDING' || task.lastStatus === 'PROVISIONING').length,
    activeServicesCount: 0,
    capacityProviders: hostGroups.filter((group) => group.clusterName === name).map((group) => group.capacityProvider),
    defaultCapacityProviderStrategy: [],
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html */
function providerShape(names: Names, group: HostGroup): object {
  return {
    capacityProviderArn: names.capacityProviderArn(group.capacityProvider),
    name: group.capacityProvider,
    status: 'ACTIVE',
    autoScalingGroupProvider: {
      autoScalingGroupArn: group.asg,
      managedScaling: { status: 'ENABLED', targetCapacity: 100, minimumScalingStepSize: 1 },
    },
  }
}

export function clusterOperations(deps: ClusterOperationsDeps): Record<string, JsonOperation> {
  const { clusters, hostGroups, names } = deps
  return {
    DescribeClusters: operation(
      z.strictObject({ clusters: z.array(z.string()).max(100).optional() }),
      ({ clusters: wanted = ['default'] }) => {
        const found = wanted.map((reference) => ({
          reference,
          cluster: clusters.find(({ name, arn }) => name === reference || arn === reference),
        }))
        return {
          clusters: found.flatMap(({ cluster }) => (cluster ? [clusterShape(deps, cluster)] : [])),
          failures: found.flatMap(({ cluster, reference }) => (cluster ? [] : [{ arn: reference, reason: 'MISSING' }])),
        }
      },
    ),
    DescribeCapacityProviders: operation(
      z.strictObject({ capacityProviders: z.array(z.string()).max(100).optional() }),
      ({ capacityProviders: wanted }) => {
        const known = new Map(
          hostGroups.flatMap((group) => [
            [group.capacityProvider, group],
            [names.capacityProviderArn(group.capacityProvider), group],
          ]),
        )
        const references = wanted ?? hostGroups.map((group) => group.capacityProvider)
        return {
          capacityProviders: references.flatMap((reference) => {
            const group = known.get(reference)
            return group ? [providerShape(names, group)] : []
          }),
          failures: references.filter((reference) => !known.has(reference)).map((arn) => ({ arn, reason: 'MISSING' })),
        }
      },
    ),
  }
}
