import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  type CreateSecurityGroupCommandInput,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  DescribeVolumesCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEc2 } from '../../../local/ec2/ec2.ts'
import type { Instance } from '../../../local/ec2/instances.ts'

const network = {
  vpcs: [{ id: 'vpc-1', cidr: '10.0.0.0/16' }],
  securityGroups: [{ id: 'sg-ring', vpcId: 'vpc-1', name: 'cell-1-ring', tags: {} }],
}

let dir: string
let used: string[]
let instances: Instance[]
let endpoint: Endpoint
let client: EC2Client
const open = async (): Promise<void> => {
  const networkInterfaces = () => [{ securityGroupIds: used }]
  const ec2 = createEc2({
    account: '123456789012',
    region: 'eu-west-1',
    network,
    networkInterfaces,
    instances: () => instances,
    dataDir: dir,
  })
  endpoint = await startEndpoint({ services: [ec2.service] })
  const credentials = { accessKeyId: 'step', secretAccessKey: 'local' }
  client = new EC2Client({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
}
const close = async (): Promise<void> => {
  client.destroy()
  await endpoint.stop()
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ec2-'))
  used = []
  instances = []
  await open()
})
afterEach(async () => {
  await close()
  rmSync(dir, { recursive: true })
})

const create = async (GroupName = 'cell-1-clu_1', input: Partial<CreateSecurityGroupCommandInput> = {}): Promise<string> => {
  const command = new CreateSecurityGroupCommand({ GroupName, Description: 'A ring & co', VpcId: 'vpc-1', ...input })
  return (await client.send(command)).GroupId ?? ''
}
const open6379 = (peers: Partial<IpPermission>): IpPermission => ({ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, ...peers })
const authorize = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
const describeGroups = async (input: DescribeSecurityGroupsCommandInput = {}) =>
  (await client.send(new DescribeSecurityGroupsCommand(input))).SecurityGroups ?? []
const remove = (GroupId: string) => client.send(new DeleteSecurityGroupCommand({ GroupId }))

describe('the local EC2', () => {
  it('makes a group that lets everything out and nothing in, with its tags', async () => {
    const Tags = [{ Key: 'ringhold:cluster', Value: 'clu_1' }]
    const id = await create('cell-1-clu_1', { TagSpecifications: [{ ResourceType: 'security-group', Tags }] })
    expect(id).toMatch(/^sg-[0-9a-f]{17}$/)
    const filtered = await describeGroups({ Filters: [{ Name: 'tag:ringhold:cluster', Values: ['clu_1'] }] })
    expect(filtered).toMatchObject([
      {
        GroupId: id,
        GroupName: 'cell-1-clu_1',
        Description: 'A ring & co',
        VpcId: 'vpc-1',
        Tags,
        IpPermissions: [],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ])
  })

  it('finds groups by id, name and VPC, those of the template too', async () => {
    const id = await create()
    const ids = async (input: DescribeSecurityGroupsCommandInput) => (await describeGroups(input)).map(({ GroupId }) => GroupId)
    expect(await ids({ GroupIds: ['sg-ring'] })).toEqual(['sg-ring'])
    const byName = { Name: 'group-name', Values: ['cell-1-clu_1', 'other'] }
    expect(await ids({ Filters: [byName, { Name: 'vpc-id', Values: ['vpc-1'] }] })).toEqual([id])
    expect(await ids({ Filters: [byName, { Name: 'vpc-id', Values: ['vpc-2'] }] })).toEqual([])
    await expect(ids({ GroupIds: ['sg-gone'] })).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
    await expect(ids({ Filters: [{ Name: 'owner-id', Values: ['x'] }] })).rejects.toThrow("no filter 'owner-id'")
  })

  it('answers the rules that it added, one for each peer', async () => {
    const id = await create()
    const added = await authorize(
      id,
      open6379({ IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'clients' }], UserIdGroupPairs: [{ GroupId: 'sg-ring' }] }),
    )
    const rule = { GroupId: id, GroupOwnerId: '123456789012', IsEgress: false, IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 }
    expect(added.Return).toBe(true)
    expect(added.SecurityGroupRules).toEqual([
      { ...rule, CidrIpv4: '10.0.0.0/16', Description: 'clients', SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/) },
      {
        ...rule,
        ReferencedGroupInfo: { GroupId: 'sg-ring', UserId: '123456789012' },
        SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
      },
    ])
  })

  it('takes a name once in a VPC', async () => {
    await create()
    await expect(create()).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' })
    await expect(create('x', { VpcId: 'vpc-2' })).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' })
  })

  it('opens ports once, all of a call or none', async () => {
    const id = await create()
    const world = open6379({ IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '192.168.0.0/16', Description: 'office' }] })
    const members = open6379({ UserIdGroupPairs: [{ GroupId: id }, { GroupId: 'sg-ring' }] })
    await authorize(id, world, members)
    const twice = authorize(id, open6379({ IpRanges: [{ CidrIp: '172.16.0.0/12' }] }), open6379({ IpRanges: [{ CidrIp: '10.0.0.0/8' }] }))
    await expect(twice).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
      message: 'the specified rule "peer: 10.0.0.0/8, TCP, from port: 6379, to port: 6379, ALLOW" already exists',
    })
    await expect(authorize(id, open6379({ UserIdGroupPairs: [{ GroupId: 'sg-gone' }] }))).rejects.toMatchObject({
      name: 'InvalidGroup.NotFound',
    })
    const [group] = await describeGroups({ GroupIds: [id] })
    expect(group?.IpPermissions).toMatchObject([
      { ...open6379({ IpRanges: world.IpRanges }), UserIdGroupPairs: [{ GroupId: id }, { GroupId: 'sg-ring' }] },
    ])
  })

  it('closes the way out again', async () => {
    const id = await create()
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
    const revoke = () => client.send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions }))
    await revoke()
    await expect(revoke()).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' })
    await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: id, IpPermissions }))
    expect((await describeGroups({ GroupIds: [id] }))[0]?.IpPermissionsEgress).toHaveLength(1)
  })

  it('keeps a group while an interface uses it or another group refers to it', async () => {
    const [id, other] = [await create(), await create('other')]
    await authorize(id, open6379({ UserIdGroupPairs: [{ GroupId: id }] }))
    await authorize(other, open6379({ UserIdGroupPairs: [{ GroupId: id }] }))
    await expect(remove(id)).rejects.toMatchObject({ name: 'DependencyViolation' })
    await remove(other)
    used = [id]
    await expect(remove(id)).rejects.toMatchObject({ name: 'DependencyViolation', message: `resource ${id} has a dependent object` })
    used = []
    await remove(id)
    await expect(remove(id)).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' })
  })

  it('tells of instances that run and that were terminated, and of an unknown one that it does not exist', async () => {
    const machine = { az: 'eu-west-1a', instanceType: 'c7g.large', launchedAt: 1_800_000_000_000 }
    const terminated = { ...machine, id: 'i-1', address: '10.0.0.1', terminatedAt: 1_800_000_001_000 }
    instances = [terminated, ...Array.from({ length: 6 }, (_, n) => ({ ...machine, id: `i-${n + 2}`, address: `10.0.0.${n + 2}` }))]
    const page = async (input: DescribeInstancesCommandInput) => {
      const answer = await client.send(new DescribeInstancesCommand(input))
      return { found: (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances), next: answer.NextToken }
    }
    const { found } = await page({ Filters: [{ Name: 'instance-id', Values: ['i-2', 'i-1', 'i-unknown'] }] })
    const shared = { InstanceType: 'c7g.large', Placement: { AvailabilityZone: 'eu-west-1a' }, LaunchTime: new Date(machine.launchedAt) }
    expect(found).toMatchObject([
      { ...shared, InstanceId: 'i-1', State: { Code: 48, Name: 'terminated' } },
      { ...shared, InstanceId: 'i-2', State: { Code: 16, Name: 'running' }, PrivateIpAddress: '10.0.0.2' },
    ])
    const running = { Filters: [{ Name: 'instance-state-name', Values: ['running'] }], MaxResults: 5 }
    const first = await page(running)
    const second = await page({ ...running, NextToken: first.next })
    expect([first.found.length, second.found.map(({ InstanceId }) => InstanceId), second.next]).toEqual([5, ['i-7'], undefined])
    expect((await page({ InstanceIds: ['i-3'] })).found).toHaveLength(1)
    await expect(page({ InstanceIds: ['i-3', 'i-unknown'] })).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' })
    await expect(page({ Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] })).rejects.toThrow("no filter 'vpc-id'")
  })

  it('refuses by name what it has no model of', async () => {
    await expect(client.send(new DescribeVolumesCommand({}))).rejects.toThrow('ec2 has no local model of DescribeVolumes')
    const id = await create()
    await expect(authorize(id, open6379({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] }))).rejects.toThrow('Ipv6Ranges')
    await expect(create('x', { DryRun: true })).rejects.toThrow('DryRun')
    await expect(create('sg-x')).rejects.toThrow('cannot start with sg-')
    await expect(create('x', { Description: 'a <ring>' })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })

  it('keeps groups and rules over a restart', async () => {
    const id = await create()
    await authorize(id, open6379({ IpRanges: [{ CidrIp: '10.0.0.0/8' }] }))
    await close()
    await open()
    expect((await describeGroups({ GroupIds: [id] }))[0]?.IpPermissions).toHaveLength(1)
    await remove(id)
  })
})
