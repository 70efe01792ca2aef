import { DescribeInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2'
import { DeregisterContainerInstanceCommand, type ECSClient, InvalidParameterException } from '@aws-sdk/client-ecs'
import type { SilentHost } from './hosts.ts'
import { batchesOf, everyPage } from './pages.ts'
import { sideBySide } from './side-by-side.ts'

/**
 * Hosts that died while their agent was out of touch. ECS takes no notice of their end, and has their tasks RUNNING until somebody
 * deregisters them: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
 */
export interface GoneHosts {
  /** Those of which EC2 says that nothing runs there any more, nor ever will: the nodes of any other may live. */
  among(silent: SilentHost[], now: number): Promise<SilentHost[]>
  /** Its tasks are STOPPED then. Answers whether it was there. */
  deregister(arn: string): Promise<boolean>
}

/** DescribeInstances takes two hundred values of a filter. */
const BATCH = 200
/** EC2 is eventually consistent, as all of AWS: it need not know at once what it has launched. */
const KNOWN_AFTER_MS = 300_000

/** What EC2 says of these, by id. By a filter, since one id that EC2 has forgotten would fail the whole call. */
async function statesOf(ec2: EC2Client, ids: string[]): Promise<Map<string, string>> {
  const pages = await sideBySide(batchesOf(ids, BATCH), (Values) =>
    everyPage(async (NextToken) => {
      const answer = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values }], NextToken }))
      return { items: (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances), next: answer.NextToken }
    }),
  )
  return new Map(pages.flat().map(({ InstanceId = '', State }) => [InstanceId, State?.Name ?? '']))
}

export function goneHosts(ec2: EC2Client, ecs: ECSClient, cluster: string): GoneHosts {
  return {
    among: async (silent, now) => {
      if (silent.length === 0) return []
      const states = await statesOf(
        ec2,
        silent.map(({ instance }) => instance),
      )
      return silent.filter(({ instance, registered_at: since }) => {
        const state = states.get(instance)
        return state === undefined ? since < now - KNOWN_AFTER_MS : state === 'terminated'
      })
    },
    deregister: async (containerInstance) => {
      try {
        await ecs.send(new DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true }))
        return true
      } catch (error) {
        // With force there is one thing to be refused: a host that somebody else has taken off meanwhile.
        if (error instanceof InvalidParameterException) return false
        throw error
      }
    },
  }
}
