import { CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { credentialsParameter, dnsName, securityGroupName, startedBy, taskFamily } from '../../shared/clusters/naming.ts'
import { configOf, type Where } from './operator.ts'

const CELL = 'cell-1'

/** By hand, in the way of the loop: a task definition of that family, as an existing one is. */
export async function register(where: Where, family: string, like: string): Promise<string> {
  const ecs = new ECSClient(configOf(where))
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: like }))
  if (!taskDefinition) throw new Error(`there is no definition ${like}`)
  const { networkMode, executionRoleArn, cpu, memory, volumes, containerDefinitions } = taskDefinition
  // What the answer says beside what it was told would not be taken back.
  const containers = (containerDefinitions ?? []).map(({ name, image, entryPoint, command, secrets }) => ({
    name,
    image,
    entryPoint,
    command,
    secrets,
    essential: true,
  }))
  const made = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...{ family, networkMode, executionRoleArn, cpu, memory, volumes },
      containerDefinitions: containers,
      requiresCompatibilities: ['EC2'],
    }),
  )
  return made.taskDefinition?.taskDefinitionArn ?? ''
}

export async function group(where: Where, name: string, tags: Record<string, string>): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const VpcId = where.template.network.vpcs[0]?.id
  const made = await new EC2Client(configOf(where)).send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: name,
      VpcId,
      TagSpecifications: [{ ResourceType: 'security-group', Tags }],
    }),
  )
  return made.GroupId ?? ''
}

export const parameter = (where: Where, Name: string) =>
  new SSMClient(configOf(where)).send(new PutParameterCommand({ Name, Value: '{}', Type: 'SecureString' }))

export const changeName = (where: Where, Action: 'UPSERT' | 'DELETE', Name: string, addresses: string[]) =>
  new Route53Client(configOf(where)).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: where.template.network.hostedZones[0]?.id,
      ChangeBatch: {
        Changes: [{ Action, ResourceRecordSet: { Name, Type: 'A', TTL: 10, ResourceRecords: addresses.map((Value) => ({ Value })) } }],
      },
    }),
  )

export const zoneName = ({ template }: Where): string => template.network.hostedZones[0]?.name.replace(/\.$/, '') ?? ''
export const nameOf = (where: Where, cluster: string): string => dnsName(zoneName(where), cluster)

/** A task in the first AZ, started by whom that says. */
export async function run(where: Where, definition: string, by: string): Promise<string> {
  const { ecsClusters, hostGroups, network } = where.template
  const [host] = hostGroups
  const ecs = new ECSClient(configOf(where))
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition }))
  const subnet = network.subnets.find(({ az }) => az === host?.az)
  const [securityGroup] = network.securityGroups
  const awsvpcConfiguration = { subnets: [subnet?.id ?? ''], securityGroups: [securityGroup?.id ?? ''] }
  const answer = await ecs.send(
    new RunTaskCommand({
      cluster: ecsClusters[0]?.name,
      taskDefinition: definition,
      capacityProviderStrategy: [{ capacityProvider: host?.capacityProvider, weight: 1 }],
      ...(taskDefinition?.networkMode === 'awsvpc' ? { networkConfiguration: { awsvpcConfiguration } } : {}),
      startedBy: by,
    }),
  )
  return answer.tasks?.[0]?.taskArn ?? ''
}

export const stop = (where: Where, task: string) =>
  new ECSClient(configOf(where)).send(new StopTaskCommand({ cluster: where.template.ecsClusters[0]?.name, task }))

/**
 * One of each kind for a cluster, as if all of it had been left.
 * @param like an ARN of a task definition
 * @returns its task
 */
export async function everyThing(where: Where, tenant: string, cluster: string, like: string): Promise<string> {
  const definition = await register(where, taskFamily(CELL, cluster), like)
  await group(where, securityGroupName(CELL, cluster), { 'ringhold:cell': CELL, 'ringhold:cluster': cluster })
  await parameter(where, credentialsParameter(CELL, cluster))
  await changeName(where, 'UPSERT', nameOf(where, cluster), ['10.64.0.9'])
  return run(where, definition, startedBy(tenant, cluster))
}
