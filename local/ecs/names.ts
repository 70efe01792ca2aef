import { AwsError } from '../aws/service.ts'

export interface EcsCluster {
  name: string
  arn: string
}

/** ARNs in their long form. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids */
export interface Names {
  arn(kind: 'task' | 'container-instance' | 'container', clusterName: string, id: string): string
  definitionArn(family: string, revision: number): string
  capacityProviderArn(name: string): string
  /** @throws ClusterNotFoundException; without a reference the cluster named `default` is meant */
  cluster(reference: string | undefined): EcsCluster
}

export function names(account: string, region: string, clusters: EcsCluster[]): Names {
  const prefix = `arn:aws:ecs:${region}:${account}`
  return {
    arn: (kind, clusterName, id) => `${prefix}:${kind}/${clusterName}/${id}`,
    definitionArn: (family, revision) => `${prefix}:task-definition/${family}:${revision}`,
    capacityProviderArn: (name) => `${prefix}:capacity-provider/${name}`,
    cluster: (reference = 'default') => {
      const found = clusters.find(({ name, arn }) => name === reference || arn === reference)
      if (!found) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
      return found
    },
  }
}

/** What the short id or the ARN means, within one cluster. */
export function byReference<T extends { arn: string; id: string; clusterArn: string }>(
  items: T[],
  cluster: EcsCluster,
  reference: string,
): T | undefined {
  return items.find((item) => item.clusterArn === cluster.arn && (item.arn === reference || item.id === reference))
}
