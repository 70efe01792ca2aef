import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as z from 'zod'
import { CellConfig } from '../../cdk/config.ts'
import { config } from '../../cdk/configured.ts'
import { flat, givenSynthesis, type Synthesised } from './given.ts'

let cell: Synthesised
beforeAll(() => {
  cell = givenSynthesis()
})
afterAll(() => cell.remove())

const prefixLength = (cidr: unknown): number => Number(z.string().parse(cidr).split('/')[1])
const userData = z.object({ LaunchTemplateData: z.object({ UserData: z.object({ 'Fn::Base64': z.string() }) }) })

describe('network', () => {
  it('gives tasks an isolated subnet of at least a /18 in each of three AZs, and hosts a public one', () => {
    const subnets = cell.ofType('AWS::EC2::Subnet').map((subnet) => subnet.Properties)
    for (const az of config.availabilityZones) {
      const [tasks, hosts, ...others] = subnets
        .filter((subnet) => subnet.AvailabilityZone === az)
        .sort((a, b) => prefixLength(a.CidrBlock) - prefixLength(b.CidrBlock))
      expect(prefixLength(tasks?.CidrBlock)).toBeLessThanOrEqual(18)
      expect([tasks?.MapPublicIpOnLaunch, hosts?.MapPublicIpOnLaunch, others]).toEqual([false, true, []])
    }
  })

  it('costs nothing idle: no NAT, no interface endpoint, gateways for S3 and DynamoDB', () => {
    expect(cell.ofType('AWS::EC2::NatGateway')).toEqual([])
    const endpoints = cell.ofType('AWS::EC2::VPCEndpoint').map((endpoint) => endpoint.Properties)
    expect(endpoints.map((endpoint) => endpoint.VpcEndpointType)).toEqual(['Gateway', 'Gateway'])
  })

  it('leads nowhere from task subnets', () => {
    const routed = cell.ofType('AWS::EC2::Route').map((route) => flat(route.Properties.RouteTableId))
    expect(routed).toHaveLength(3)
    for (const table of routed) expect(table).toContain('hostsSubnet')
  })

  it('lets into hosts clients of nodes that share their network, their nodes each other, the ring function where it is TLS, and else nothing', () => {
    const [shared, ...others] = cell
      .ofType('AWS::EC2::SecurityGroup')
      .sort((a, b) => Number(b.id.includes('Shared')) - Number(a.id.includes('Shared')))
    for (const group of others) expect(group.Properties.SecurityGroupIngress).toBeUndefined()
    expect(shared?.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: config.vpcCidr, FromPort: 10_000, ToPort: 16_999 }),
    ])
    const from = cell
      .ofType('AWS::EC2::SecurityGroupIngress')
      .map(({ Properties }) => [
        ...[flat(Properties.GroupId), flat(Properties.SourceSecurityGroupId), Properties.FromPort, Properties.ToPort],
      ])
    const id = (part: string): unknown => expect.stringMatching(new RegExp(`^<\\w*${part}`))
    expect(from.sort()).toEqual([
      [id('SharedHostGroup'), id('RingGroup'), 17_000, 23_999],
      [id('SharedHostGroup'), id('SharedHostGroup'), 17_000, 30_999],
    ])
  })

  it('lets the ring function only out to nodes', () => {
    const groups = cell.ofType('AWS::EC2::SecurityGroup')
    const ring = groups.find((group) => group.id.includes('RingGroup'))
    expect(ring?.Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: config.vpcCidr, FromPort: 1024, ToPort: 65_535 }),
    ])
  })

  it('has a private zone for the names of clusters', () => {
    expect(cell.ofType('AWS::Route53::HostedZone').map((zone) => [zone.Properties.Name, zone.Properties.VPCs !== undefined])).toEqual([
      ['cell-1.ringhold.internal.', true],
    ])
  })
})

describe('hosts', () => {
  it('have one Auto Scaling group and one capacity provider for each AZ and class', () => {
    const wanted = config.hostClasses.flatMap(({ name, minPerAz }) =>
      config.availabilityZones.map((az) => ({ name: `cell-1-${name}-${az}`, min: String(minPerAz) })),
    )
    const groups = cell.ofType('AWS::AutoScaling::AutoScalingGroup')
    expect(groups.map(({ Properties }) => ({ name: Properties.AutoScalingGroupName, min: Properties.MinSize }))).toEqual(wanted)
    for (const group of groups) expect(group.Properties.VPCZoneIdentifier).toHaveLength(1)
    const providers = cell.ofType('AWS::ECS::CapacityProvider')
    expect(providers.map(({ Properties }) => Properties.Name)).toEqual(wanted.map(({ name }) => name))
    for (const [index, provider] of providers.entries())
      expect(flat(provider.Properties.AutoScalingGroupProvider)).toMatchObject({
        AutoScalingGroupArn: `<${groups[index]?.id}>`,
        ManagedScaling: { Status: 'ENABLED' },
        ManagedTerminationProtection: 'ENABLED',
        ManagedDraining: 'DISABLED',
      })
    const [association] = cell.ofType('AWS::ECS::ClusterCapacityProviderAssociations')
    expect(flat(association?.Properties.CapacityProviders)).toEqual(providers.map(({ id }) => `<${id}>`))
  })

  it('are never taken down by a deployment or while they have tasks', () => {
    for (const group of cell.ofType('AWS::AutoScaling::AutoScalingGroup'))
      expect(group).toMatchObject({ Properties: { NewInstancesProtectedFromScaleIn: true } })
    expect(cell.text).not.toContain('AutoScalingRollingUpdate')
  })

  it('belong to their capacity provider from the first on, and start with a way out', () => {
    for (const group of cell.ofType('AWS::AutoScaling::AutoScalingGroup')) {
      expect(group.Properties.Tags).toContainEqual({ Key: 'AmazonECSManaged', Value: 'true', PropagateAtLaunch: true })
      expect(group.DependsOn.some((id) => id.includes('DefaultRoute'))).toBe(true)
    }
    for (const template of cell.ofType('AWS::EC2::LaunchTemplate'))
      expect(template.DependsOn.some((id) => id.includes('HostsRoleDefaultPolicy'))).toBe(true)
  })

  it('answer IMDSv2 only, one hop away, on encrypted disks', () => {
    const templates = cell.ofType('AWS::EC2::LaunchTemplate')
    expect(templates).toHaveLength(config.hostClasses.length)
    for (const template of templates)
      expect(template.Properties.LaunchTemplateData).toMatchObject({
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3' } },
          { DeviceName: '/dev/xvdb', Ebs: { Encrypted: true, VolumeType: 'gp3' } },
        ],
      })
  })

  it('are set up by a script that bash can read: disk with quotas, kernel, agent that hides the metadata service', () => {
    for (const template of cell.ofType('AWS::EC2::LaunchTemplate')) {
      const script = userData.parse(template.Properties).LaunchTemplateData.UserData['Fn::Base64']
      expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
      for (const line of [
        'RINGHOLD_CLUSTER=cell-1',
        'ECS_AWSVPC_BLOCK_IMDS=true',
        'vm.overcommit_memory = 1',
        'vm.max_map_count = 1048575',
        'prjquota',
        'cat >/usr/local/sbin/ringhold-leftovers',
        'ECS_TASK_PIDS_LIMIT=4096',
      ])
        expect(script).toContain(line)
      // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
      expect(Buffer.byteLength(script)).toBeLessThan(16_384)
    }
  })
})

describe('configuration', () => {
  it.each([
    { change: { cell: 'ecs-1' }, path: 'cell' },
    { change: { cell: 'Cell' }, path: 'cell' },
    { change: { cell: 'ssm-1' }, path: 'cell' },
    { change: { cell: 'sg-1' }, path: 'cell' },
    { change: { availabilityZones: ['us-east-1a', 'us-east-1b'] }, path: 'availabilityZones' },
    { change: { vpcCidr: '10.64.0.0/20' }, path: 'vpcCidr' },
    { change: { account: '12' }, path: 'account' },
    { change: { hostClasses: [] }, path: 'hostClasses' },
    { change: { colour: 'red' }, path: '' },
  ])('refuses $change', ({ change, path }) => {
    const { error } = CellConfig.safeParse({ ...config, ...change })
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })
})
