import type { ECSClient } from '@aws-sdk/client-ecs'
import { describeInstances } from './hosts.ts'

/** What each host says of itself when it joins the cluster (cdk/host-setup.sh): ECS has a host's id, not its address. */
const ADDRESS_ATTRIBUTE = 'ringhold.address'

/**
 * Private addresses of container instances, by ARN; of those that ECS does not know, or that have not said, none. A host keeps
 * its address for life, so each is asked for once.
 */
export function hostAddresses(ecs: ECSClient, cluster: string): (hosts: string[]) => Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  return async (hosts) => {
    const unknown = [...new Set(hosts)].filter((arn) => !known.has(arn))
    for (const { containerInstanceArn, attributes = [] } of await describeInstances(ecs, cluster, unknown)) {
      const address = attributes.find(({ name }) => name === ADDRESS_ATTRIBUTE)?.value
      if (containerInstanceArn && address) known.set(containerInstanceArn, address)
    }
    return known
  }
}
