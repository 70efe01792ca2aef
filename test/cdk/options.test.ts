import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readTemplate } from '../../local/template/template.ts'
import { CONFIGURATIONS } from './configurations.ts'
import { flat, type Resource } from './given.ts'
import { givenCells, type SynthesisedCells } from './given-cells.ts'

let cells: SynthesisedCells
beforeAll(() => {
  cells = givenCells(CONFIGURATIONS)
}, 120_000)
afterAll(() => cells.remove())

type Name = keyof typeof CONFIGURATIONS
const ofType = (name: Name, type: string): Resource[] => cells.template(name).ofType(`AWS::${type}`)
const properties = (name: Name, type: string): unknown[] => ofType(name, type).map((resource) => flat(resource.Properties))
const subnets = (name: Name, kind: string): Resource[] => ofType(name, 'EC2::Subnet').filter(({ id }) => id.includes(`${kind}Subnet`))
const routesOf = (name: Name): Record<string, unknown>[] => ofType(name, 'EC2::Route').map(({ Properties }) => Properties)
const variable = (name: Name, variableName: string, cell?: string): unknown => {
  const functions = cells.template(name, cell).ofType('AWS::Lambda::Function')
  const step = functions.find(({ Properties }) => String(Properties.FunctionName).endsWith('-step'))
  return Object(Object(step?.Properties.Environment).Variables)[variableName]
}

it.each(Object.keys(CONFIGURATIONS))('the local cloud knows all that %s is made of', (name) => {
  expect(readTemplate(cells.directoryOf(name), 'http://127.0.0.1:4566').hostGroups.length).toBeGreaterThan(0)
})

describe('the way out of hosts', () => {
  it('is a NAT gateway in each zone: hosts have no address of their own, and keep the one they have inside', () => {
    expect(ofType('full', 'EC2::NatGateway')).toHaveLength(3)
    expect(subnets('full', 'hosts').map(({ Properties }) => Properties.MapPublicIpOnLaunch)).toEqual([false, false, false])
    const hosts = (name: Name) =>
      subnets(name, 'hosts').map(({ id, Properties }) => [id, Properties.CidrBlock, Properties.AvailabilityZone])
    expect(hosts('full')).toEqual(hosts('plain'))
    const groups = ofType('full', 'AutoScaling::AutoScalingGroup')
    expect(groups.map(({ DependsOn }) => DependsOn.some((id) => id.includes('hostsSubnet') && id.includes('DefaultRoute')))).not.toContain(
      false,
    )
  })

  it('is none: endpoints of what a host needs, open to hosts alone, before the first host', () => {
    for (const type of ['EC2::NatGateway', 'EC2::InternetGateway']) expect(ofType('closed', type)).toEqual([])
    const endpoints = ofType('closed', 'EC2::VPCEndpoint').filter(({ Properties }) => Properties.VpcEndpointType === 'Interface')
    const services = endpoints.map(({ Properties }) => String(flat(Properties.ServiceName)).replace('com.amazonaws.eu-west-1.', ''))
    expect(services.sort()).toEqual(['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry', 'ssm', 'ssmmessages'])
    const [group] = ofType('closed', 'EC2::SecurityGroup').filter(({ id }) => id.includes('EndpointGroup'))
    for (const { Properties } of endpoints)
      expect(flat(Properties)).toMatchObject({ PrivateDnsEnabled: true, SecurityGroupIds: [`<${group?.id}.GroupId>`] })
    const rules = properties('closed', 'EC2::SecurityGroupIngress').filter((rule) => Object(rule).GroupId === `<${group?.id}.GroupId>`)
    expect(rules).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443, SourceSecurityGroupId: expect.stringContaining('HostGroup') }),
    ])
    for (const { DependsOn } of ofType('closed', 'AutoScaling::AutoScalingGroup'))
      expect(DependsOn).toEqual(expect.arrayContaining(endpoints.map(({ id }) => id)))
  })
})

it('images come from Docker Hub, or from repositories that nodes may pull from and no others', () => {
  const pulling = (name: Name): unknown[] =>
    properties(name, 'IAM::Policy').flatMap((policy) => {
      const { Statement } = Object(Object(policy).PolicyDocument)
      return Array.isArray(Statement) ? Statement.filter((statement) => JSON.stringify(statement).includes('"ecr:')) : []
    })
  expect([variable('plain', 'IMAGE_REGISTRY'), pulling('plain')]).toEqual(['docker.io', []])
  expect(variable('closed', 'IMAGE_REGISTRY')).toBe('123456789012.dkr.ecr.eu-west-1.amazonaws.com/ringhold')
  expect(pulling('closed')).toEqual([
    {
      Effect: 'Allow',
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: 'arn:<AWS::Partition>:ecr:eu-west-1:123456789012:repository/ringhold/*',
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ])
})

it('rings take turns as often as AWS lets the account, shared by the cells that are there', () => {
  const rate = (name: Name, cell?: string): unknown => JSON.parse(String(variable(name, 'DEFINITION_RATE', cell)))
  expect(rate('plain')).toEqual({ burst: 20, interval_ms: 1_000 })
  expect(rate('full')).toEqual({ burst: 200, interval_ms: 84 })
  expect(['cell-1', 'cell-2', 'cell-3'].map((cell) => rate('several', cell))).toEqual([
    ...Array(2).fill({ burst: 10, interval_ms: 2_000 }),
    { burst: 20, interval_ms: 1_000 },
  ])
})

it('the local cloud gives its account what AWS gives the account of the cell', () => {
  const quotas = (name: Name) => readTemplate(cells.directoryOf(name), 'http://127.0.0.1:4566').quotas
  expect(quotas('plain')).toEqual({ taskDefinitions: { burst: 20, perSecond: 1 }, concurrentExecutions: 1_000 })
  expect(quotas('full')).toEqual({ taskDefinitions: { burst: 200, perSecond: 12 }, concurrentExecutions: 1_000 })
  expect(quotas('closed').concurrentExecutions).toBe(10)
})

describe('clients', () => {
  /** To where subnets lead: by destination, the number of subnets. */
  const reached = (name: Name, via: string, kind = 'tasks'): Record<string, number> => {
    const leading = routesOf(name).filter((route) => route[via] !== undefined && String(flat(route.RouteTableId)).includes(`${kind}Subnet`))
    const byCidr = Map.groupBy(leading, (route) => String(route.DestinationCidrBlock))
    return Object.fromEntries([...byCidr].map(([cidr, all]) => [cidr, all.length]))
  }

  it('of the same VPC need nothing', () => {
    for (const via of ['TransitGatewayId', 'VpcPeeringConnectionId']) expect(reached('plain', via)).toEqual({})
    expect(variable('plain', 'CLIENT_CIDRS')).toBe('["10.64.0.0/16"]')
  })

  it('of peered VPCs are answered, let in, and know the names of rings', () => {
    expect(properties('full', 'EC2::VPCPeeringConnection')).toEqual([
      expect.objectContaining({ PeerVpcId: 'vpc-0123456789abcdef0' }),
      expect.objectContaining({ PeerVpcId: 'vpc-0123456789abcdef1', PeerOwnerId: '210987654321', PeerRegion: 'us-west-2' }),
    ])
    expect(reached('full', 'VpcPeeringConnectionId')).toEqual({ '10.0.0.0/16': 3, '172.16.0.0/20': 3, '10.1.0.0/16': 3 })
    expect(variable('full', 'CLIENT_CIDRS')).toBe('["10.64.0.0/16","10.0.0.0/16","172.16.0.0/20","10.1.0.0/16"]')
    // A VPC of another account has to be let in by a call of its own.
    expect(properties('full', 'Route53::HostedZone')).toMatchObject([
      { VPCs: [{ VPCRegion: 'us-east-1' }, { VPCId: 'vpc-0123456789abcdef0', VPCRegion: 'us-east-1' }] },
    ])
  })

  it('behind a transit gateway are answered through it, once the VPC is attached', () => {
    const [attachment] = ofType('closed', 'EC2::TransitGatewayAttachment')
    expect(attachment?.Properties).toMatchObject({ TransitGatewayId: 'tgw-0123456789abcdef0', SubnetIds: { length: 3 } })
    expect(reached('closed', 'TransitGatewayId')).toEqual({ '10.0.0.0/12': 3 })
    // Nodes of a class that shares its hosts' network are at their hosts' addresses.
    expect(reached('closed', 'TransitGatewayId', 'hosts')).toEqual({ '10.0.0.0/12': 3 })
    for (const route of ofType('closed', 'EC2::Route').filter(({ Properties }) => Properties.TransitGatewayId))
      expect(route.DependsOn).toEqual([attachment?.id])
    expect(variable('closed', 'CLIENT_CIDRS')).toBe('["10.65.0.0/16","10.0.0.0/12"]')
  })
})

describe('Spot', () => {
  it('is a share of a class, of several types, with the rest on demand; other classes have none', () => {
    const groups = ofType('full', 'AutoScaling::AutoScalingGroup').map(({ Properties }) => Properties)
    const mixed = groups.filter(({ MixedInstancesPolicy }) => MixedInstancesPolicy !== undefined)
    expect(mixed.map(({ AutoScalingGroupName }) => AutoScalingGroupName)).toEqual(
      ['a', 'b', 'c'].map((az) => `cell-1-small-us-east-1${az}`),
    )
    for (const { MixedInstancesPolicy, LaunchTemplate, CapacityRebalance } of mixed) {
      expect(flat(MixedInstancesPolicy)).toMatchObject({
        InstancesDistribution: {
          OnDemandBaseCapacity: 1,
          OnDemandPercentageAboveBaseCapacity: 40,
          SpotAllocationStrategy: 'price-capacity-optimized',
        },
        LaunchTemplate: { Overrides: [{ InstanceType: 'r7g.large' }, { InstanceType: 'r6g.large' }, { InstanceType: 'r8g.large' }] },
      })
      expect([LaunchTemplate, CapacityRebalance]).toEqual([undefined, undefined])
    }
    expect(cells.template('plain').text).not.toContain('MixedInstancesPolicy')
  })
})

describe('a domain', () => {
  it('leads to the API, over TLS 1.2 and later', () => {
    expect(properties('full', 'ApiGatewayV2::DomainName')).toMatchObject([
      { DomainName: 'rings.example.com', DomainNameConfigurations: [{ EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }] },
    ])
    expect(properties('full', 'ApiGatewayV2::ApiMapping')).toMatchObject([{ DomainName: expect.stringContaining('DomainName') }])
    expect(JSON.parse(cells.template('full').text).Outputs.ApiUrl.Value).toBe('https://rings.example.com')
  })

  it('is published in the hosted zone, where one is named', () => {
    const records = ofType('full', 'Route53::RecordSet').map(({ Properties: { Name, Type } }) => [Name, Type])
    expect(records).toEqual([
      ['rings.example.com.', 'A'],
      ['rings.example.com.', 'AAAA'],
    ])
    expect(ofType('closed', 'Route53::RecordSet')).toEqual([])
    expect(cells.template('closed').text).toContain('ControlPlaneApiTarget')
  })
})

describe('a key of the account', () => {
  const keyArn = (): string => `<${ofType('full', 'KMS::Key')[0]?.id}.Arn>`

  it('encrypts the table, the queues and every log; without it AWS does', () => {
    expect(properties('full', 'DynamoDB::Table')).toMatchObject([
      { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn() } },
    ])
    for (const queue of properties('full', 'SQS::Queue')) {
      expect(queue).toMatchObject({ KmsMasterKeyId: keyArn() })
      expect(queue).not.toHaveProperty('SqsManagedSseEnabled')
    }
    const logs = properties('full', 'Logs::LogGroup')
    expect(logs.length).toBeGreaterThan(8)
    for (const group of logs) expect(group).toMatchObject({ KmsKeyId: keyArn(), RetentionInDays: 365 })
    expect(ofType('plain', 'KMS::Key')).toEqual([])
  })

  it('outlives its stack and is turned over; no role is let at it, but who uses the table or a queue', () => {
    expect(ofType('full', 'KMS::Key')).toMatchObject([{ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } }])
    expect(JSON.stringify(properties('full', 'IAM::Policy'))).not.toContain('kms:')
    expect(JSON.stringify(properties('full', 'KMS::Key'))).toContain(
      '"kms:CallerAccount":"123456789012","kms:ViaService":["dynamodb.us-east-1.amazonaws.com","sqs.us-east-1.amazonaws.com"]',
    )
  })
})

it('concurrency is reserved where the configuration says that there is some', () => {
  const reserved = (name: Name): unknown[] =>
    ofType(name, 'Lambda::Function').flatMap(({ Properties: { FunctionName, ReservedConcurrentExecutions: count } }) =>
      count === undefined ? [] : [`${FunctionName} ${count}`],
    )
  expect(reserved('full').sort()).toEqual(['cell-1-observe 100', 'cell-1-ring 200', 'cell-1-step 100', 'cell-1-sweep 1', 'cell-1-wake 20'])
  expect([reserved('plain'), reserved('closed')]).toEqual([[], []])
  const deliveries = (name: Name) => properties(name, 'Lambda::EventSourceMapping').filter((mapping) => Object(mapping).ScalingConfig)
  expect(deliveries('closed')).toMatchObject([{ ScalingConfig: { MaximumConcurrency: 2 } }])
})

describe('cells', () => {
  it('are stacks of their own in the accounts and regions that they name', () => {
    const zones = (cell: string) =>
      cells
        .template('several', cell)
        .ofType('AWS::EC2::Subnet')
        .map(({ Properties }) => String(Properties.AvailabilityZone).slice(0, -1))
    expect(new Set(zones('cell-2'))).toEqual(new Set(['us-east-1']))
    expect(new Set(zones('cell-3'))).toEqual(new Set(['eu-west-1']))
    expect(cells.template('several', 'cell-3').text).not.toMatch(/cell-[12]|123456789012/)
  })

  it('are protected from being deleted with a slip', () => {
    const { artifacts } = JSON.parse(readFileSync(join(cells.directoryOf('several'), 'manifest.json'), 'utf8'))
    for (const cell of ['cell-1', 'cell-2', 'cell-3'])
      expect(artifacts[cell]).toMatchObject({ properties: { terminationProtection: true } })
  })

  it('run one at a time on one machine, the first', () => {
    expect(Object.keys(readTemplate(cells.directoryOf('several'), 'http://127.0.0.1:4566').outputs)).toEqual(['cell-1'])
  })
})
