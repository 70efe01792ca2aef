import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm'
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../../local/cloud.ts'
import { sk, tenantId, tenantKey } from '../../shared/platform/table.ts'

/** All that a cluster may have left behind, and nothing of the template's own. */
export interface Leftovers {
  tasks: number
  definitions: string[]
  securityGroups: string[]
  parameters: string[]
  names: string[]
  nodes: number
  leases: number
  quota: { clusters: unknown; nodes: unknown; memory_mib: unknown }
}

export const NOTHING: Leftovers = {
  tasks: 0,
  definitions: [],
  securityGroups: [],
  parameters: [],
  names: [],
  nodes: 0,
  leases: 0,
  quota: { clusters: 0, nodes: 0, memory_mib: 0 },
}

/** Looks as an operator would, through the AWS APIs. */
export async function leftovers(cloud: Cloud, tenant: string): Promise<Leftovers> {
  const config = {
    endpoint: cloud.endpointUrl,
    region: cloud.template.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  }
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const TableName = cloud.template.tables[0]?.name ?? ''
  const [zone] = cloud.template.network.hostedZones
  const [definitions, groups, parameters, records, quota, items] = await Promise.all([
    new ECSClient(config).send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' })),
    new EC2Client(config).send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:ringhold:cell', Values: ['cell-1'] }] })),
    new SSMClient(config).send(new GetParametersByPathCommand({ Path: '/', Recursive: true })),
    new Route53Client(config).send(new ListResourceRecordSetsCommand({ HostedZoneId: zone?.id })),
    documents.send(new GetCommand({ TableName, Key: tenantKey(tenantId(tenant), sk.quota) })),
    documents.send(new ScanCommand({ TableName })),
  ])
  return {
    tasks: cloud.ecs.tasks().filter((task) => task.lastStatus !== 'STOPPED').length,
    definitions: definitions.taskDefinitionArns ?? [],
    securityGroups: (groups.SecurityGroups ?? []).map((group) => group.GroupName ?? ''),
    parameters: (parameters.Parameters ?? []).map((parameter) => parameter.Name ?? '').filter((name) => name.includes('/clusters/')),
    names: (records.ResourceRecordSets ?? []).filter((set) => set.Type === 'A').map((set) => set.Name ?? ''),
    nodes: (items.Items ?? []).filter((item) => String(item.sk).startsWith('NODE#')).length,
    leases: (items.Items ?? []).filter((item) => item.lease_holder !== undefined).length,
    quota: { clusters: quota.Item?.clusters_used, nodes: quota.Item?.nodes_used, memory_mib: quota.Item?.memory_mib_used },
  }
}
