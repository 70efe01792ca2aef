import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm'
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { dnsName } from '../../shared/clusters/naming.ts'
import { sk, tenantId, tenantKey } from '../../shared/platform/table.ts'
import { clientConfig } from './aws.ts'
import { physicalId, type WitnessCell } from './cell.ts'

/** By kind, how much there is of a cluster or of what its tenant uses. */
type LeftOver = Record<'tasks' | 'definitions' | 'groups' | 'parameters' | 'names' | 'nodes' | 'leases' | 'clusters' | 'memory', number>

/** All that a cluster may have left behind: in the emulator's services by name, and in our ECS. */
async function leftOver({ target, deployed, ecs, ecsUrl }: WitnessCell, tenant: string, cluster: string): Promise<LeftOver> {
  const config = clientConfig(target.url, target.region)
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const TableName = physicalId(deployed, 'AWS::DynamoDB::Table')
  const HostedZoneId = physicalId(deployed, 'AWS::Route53::HostedZone')
  const [definitions, groups, parameters, names, items, quota] = await Promise.all([
    new ECSClient(clientConfig(ecsUrl, target.region)).send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' })),
    new EC2Client(config).send(new DescribeSecurityGroupsCommand({})),
    new SSMClient(config).send(new GetParametersByPathCommand({ Path: '/', Recursive: true })),
    new Route53Client(config).send(new ListResourceRecordSetsCommand({ HostedZoneId })),
    table.send(new ScanCommand({ TableName })),
    table.send(new GetCommand({ TableName, Key: tenantKey(tenantId(tenant), sk.quota) })),
  ])
  return {
    tasks: ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED').length,
    definitions: definitions.taskDefinitionArns?.length ?? 0,
    groups: groups.SecurityGroups?.filter(({ GroupName }) => GroupName?.includes(cluster)).length ?? 0,
    parameters: parameters.Parameters?.filter(({ Name }) => Name?.includes(cluster)).length ?? 0,
    names: names.ResourceRecordSets?.filter(({ Name }) => Name?.startsWith(dnsName('', cluster))).length ?? 0,
    nodes: items.Items?.filter((item) => String(item.sk).startsWith('NODE#')).length ?? 0,
    leases: items.Items?.filter((item) => item.lease_holder !== undefined).length ?? 0,
    clusters: Number(quota.Item?.clusters_used),
    memory: Number(quota.Item?.memory_mib_used),
  }
}

/** @throws with what is left */
export async function nothingLeft(cell: WitnessCell, tenant: string, cluster: string): Promise<void> {
  const left = await leftOver(cell, tenant, cluster)
  const found = Object.entries(left).filter(([, count]) => count !== 0)
  if (found.length > 0) throw new Error(`left over: ${JSON.stringify(Object.fromEntries(found))}`)
}

/** With an interface of its own a node is in the ring's group, and has a name; without, its host's. */
const OF_OWN_NETWORK = new Set(['groups', 'names'])

/** So that nothing being left says something: with a ring there is some of everything but a lease. @throws with what is not as it should be */
export async function somethingThere(cell: WitnessCell, tenant: string, cluster: string, network: 'own' | 'shared'): Promise<void> {
  const { leases: _held, ...there } = await leftOver(cell, tenant, cluster)
  const wrong = Object.entries(there).filter(([name, count]) => count > 0 !== (network === 'own' || !OF_OWN_NETWORK.has(name)))
  if (wrong.length > 0) throw new Error(`a ring with ${network} network has ${wrong.map(([name, count]) => `${count} ${name}`).join(', ')}`)
}
