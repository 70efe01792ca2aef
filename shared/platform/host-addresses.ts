import { DescribeContainerInstancesCommand, type ECSClient } from '@aws-sdk/client-ecs'

/** What each host says of itself when it joins the cluster (cdk/host-setup.sh): ECS has a host's id, not its address. */
const ADDRESS_ATTRIBUTE = 'ringhold.address'
/** DescribeContainerInstances takes a hundred a call. */
const BATCH = 100

/**
 * Private addresses of container instances, by ARN; of those that ECS does not know, or that have not said, none. A host keeps
 * its address for life, so each is asked for once.
 */
export function hostAddresses(ecs: ECSClient, cluster: string): (hosts: string[]) => Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  return async (hosts) => {
    const unknown = [...new Set(hosts)].filter((arn) => !known.has(arn))
    for (let at = 0; at < unknown.length; at += BATCH) {
      const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: unknown.slice(at, at + BATCH) })
      const { containerInstances = [] } = await ecs.send(command)
      for (const { containerInstanceArn, attributes = [] } of containerInstances) {
        const address = attributes.find(({ name }) => name === ADDRESS_ATTRIBUTE)?.value
        if (containerInstanceArn && address) known.set(containerInstanceArn, address)
      }
    }
    return known
  }
}
