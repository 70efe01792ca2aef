import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2'
import { type Call, remember, said } from './call.ts'
import type { World } from './worlds.ts'

const GroupName = 'cell-1-clu_1'
const NOBODY = 'sg-0aaaaaaaaaaaaaaaa'
const NO_INSTANCE = 'i-0aaaaaaaaaaaaaaaa'
const tags = [
  { Key: 'ringhold:cell', Value: 'cell-1' },
  { Key: 'ringhold:cluster', Value: 'clu_1' },
]
const create =
  (over: object = {}) =>
  async (world: World) => {
    const group = {
      GroupName,
      Description: 'Nodes of clu_1',
      VpcId: world.vpcId,
      TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tags }],
    }
    return world.ec2.send(new CreateSecurityGroupCommand({ ...group, ...over }))
  }
const made = async (world: World) => remember(world, 'group', await create()(world), ({ GroupId }) => GroupId)
const describe =
  (filters: Record<string, string>) =>
  ({ ec2, vpcId }: World) => {
    const all = { 'vpc-id': vpcId, ...filters }
    return ec2.send(new DescribeSecurityGroupsCommand({ Filters: Object.entries(all).map(([Name, value]) => ({ Name, Values: [value] })) }))
  }
const ports = { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 }
const authorize = (permission: (world: World) => IpPermission, group?: string) => (world: World) =>
  world.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group ?? said(world, 'group'), IpPermissions: [permission(world)] }))
const fromClients = (): IpPermission => ({ ...ports, IpRanges: [{ CidrIp: '10.64.0.0/16', Description: 'clients' }] })
const fromItself = (world: World): IpPermission => ({ ...ports, ToPort: 16379, UserIdGroupPairs: [{ GroupId: said(world, 'group') }] })
const drop = (group?: string) => (world: World) =>
  world.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group ?? said(world, 'group') }))

export const ec2Calls: Call[] = [
  { what: 'find a group that is not there', operation: 'ec2:DescribeSecurityGroups', send: describe({ 'group-name': GroupName }) },
  { what: 'create a group', operation: 'ec2:CreateSecurityGroup', send: made },
  { what: 'create it again', operation: 'ec2:CreateSecurityGroup', send: create() },
  {
    what: 'create one in no VPC',
    operation: 'ec2:CreateSecurityGroup',
    send: create({ GroupName: 'other', VpcId: 'vpc-0aaaaaaaaaaaaaaaa', TagSpecifications: [] }),
  },
  { what: 'create one named sg-', operation: 'ec2:CreateSecurityGroup', send: create({ GroupName: 'sg-other', TagSpecifications: [] }) },
  { what: 'find it by its name', operation: 'ec2:DescribeSecurityGroups', send: describe({ 'group-name': GroupName }) },
  { what: 'find it by its tag', operation: 'ec2:DescribeSecurityGroups', send: describe({ 'tag:ringhold:cluster': 'clu_1' }) },
  { what: 'find none by another tag', operation: 'ec2:DescribeSecurityGroups', send: describe({ 'tag:ringhold:cluster': 'clu_2' }) },
  { what: 'let clients in', operation: 'ec2:AuthorizeSecurityGroupIngress', send: authorize(fromClients) },
  { what: 'let clients in again', operation: 'ec2:AuthorizeSecurityGroupIngress', send: authorize(fromClients) },
  { what: 'let itself in', operation: 'ec2:AuthorizeSecurityGroupIngress', send: authorize(fromItself) },
  {
    what: 'let a group in that is not there',
    operation: 'ec2:AuthorizeSecurityGroupIngress',
    send: authorize(() => ({ ...ports, UserIdGroupPairs: [{ GroupId: NOBODY }] })),
  },
  { what: 'open a group that is not there', operation: 'ec2:AuthorizeSecurityGroupIngress', send: authorize(fromClients, NOBODY) },
  { what: 'read its rules', operation: 'ec2:DescribeSecurityGroups', send: describe({ 'group-name': GroupName }) },
  { what: 'delete it, which lets itself in', operation: 'ec2:DeleteSecurityGroup', send: drop() },
  { what: 'delete the group again', operation: 'ec2:DeleteSecurityGroup', send: drop() },
  { what: 'delete one that never was', operation: 'ec2:DeleteSecurityGroup', send: drop(NOBODY) },
  {
    what: 'describe one that never was by its id',
    operation: 'ec2:DescribeSecurityGroups',
    send: ({ ec2 }) => ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [NOBODY] })),
  },
  {
    what: 'ask what became of an instance that nobody knows',
    operation: 'ec2:DescribeInstances',
    send: ({ ec2 }) => ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [NO_INSTANCE] }] })),
  },
  {
    what: 'describe it by its id',
    operation: 'ec2:DescribeInstances',
    send: ({ ec2 }) => ec2.send(new DescribeInstancesCommand({ InstanceIds: [NO_INSTANCE] })),
  },
]
