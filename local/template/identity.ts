import { createHash } from 'node:crypto'

/** A resource about to get its physical identity. */
export interface Nameable {
  stackName: string
  logicalId: string
  account: string
  region: string
  /** Base of queue URLs: where the local cloud answers for AWS. */
  endpointUrl: string
  /** A property as text, its intrinsics resolved; undefined where it is not given. */
  property(name: string): string | undefined
}

/** What `Ref` and `Fn::GetAtt` answer. */
export interface Identity {
  ref: string
  attributes: Record<string, unknown>
}

/** Stable from run to run, so that kept state finds its resources again. */
const token = (resource: Nameable, length: number): string =>
  createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest('hex').slice(0, length)

/** CloudFormation appends a random suffix to a generated name; here it may be left out, since one machine holds one of each. */
const nameOf = (resource: Nameable, property: string): string =>
  resource.property(property) ?? `${resource.stackName}-${resource.logicalId}`.slice(0, 64)

const arn = (resource: Nameable, service: string, rest: string): string =>
  `arn:aws:${service}:${resource.region}:${resource.account}:${rest}`
const iamArn = (resource: Nameable, rest: string): string => `arn:aws:iam::${resource.account}:${rest}`

type Identify = (resource: Nameable) => Identity

const prefixedId =
  (prefix: string, ...attributes: string[]): Identify =>
  (resource) => {
    const ref = `${prefix}-${token(resource, 17)}`
    return { ref, attributes: Object.fromEntries(attributes.map((name) => [name, ref])) }
  }

const named =
  (property: string, attributes: (resource: Nameable, name: string) => Record<string, unknown> = () => ({})): Identify =>
  (resource) => {
    const ref = nameOf(resource, property)
    return { ref, attributes: attributes(resource, ref) }
  }

const shortId = (resource: Nameable): Identity => ({ ref: token(resource, 10), attributes: {} })

const table = named('TableName', (resource, name) => {
  const own = arn(resource, 'dynamodb', `table/${name}`)
  return { Arn: own, StreamArn: `${own}/stream/local` }
})

const role: Identify = named('RoleName', (resource, name) => ({ Arn: iamArn(resource, `role/${name}`), RoleId: token(resource, 20) }))

/** By resource type, as the "Return values" section of its page in the template reference says. */
const IDENTITIES: Record<string, Identify> = {
  'AWS::ApiGatewayV2::Api': (resource) => {
    const ref = token(resource, 10)
    // Its name on AWS; where it is reached locally, the gateway says.
    return { ref, attributes: { ApiId: ref, ApiEndpoint: `https://${ref}.execute-api.${resource.region}.amazonaws.com` } }
  },
  'AWS::ApiGatewayV2::DomainName': named('DomainName', (resource) => ({
    RegionalDomainName: `d-${token(resource, 10)}.execute-api.${resource.region}.amazonaws.com`,
    RegionalHostedZoneId: `Z${token(resource, 13).toUpperCase()}`,
  })),
  'AWS::ApiGatewayV2::Integration': shortId,
  'AWS::ApiGatewayV2::Route': shortId,
  'AWS::ApiGatewayV2::Stage': named('StageName'),
  'AWS::AutoScaling::AutoScalingGroup': named('AutoScalingGroupName', (resource, name) => ({
    AutoScalingGroupARN: arn(resource, 'autoscaling', `autoScalingGroup:${token(resource, 32)}:autoScalingGroupName/${name}`),
  })),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::EC2::InternetGateway': prefixedId('igw', 'InternetGatewayId'),
  'AWS::EC2::LaunchTemplate': (resource) => {
    const ref = `lt-${token(resource, 17)}`
    return { ref, attributes: { LaunchTemplateId: ref, LatestVersionNumber: '1', DefaultVersionNumber: '1' } }
  },
  'AWS::EC2::RouteTable': prefixedId('rtb', 'RouteTableId'),
  'AWS::EC2::SecurityGroup': prefixedId('sg', 'GroupId'),
  'AWS::EC2::Subnet': (resource) => {
    const ref = `subnet-${token(resource, 17)}`
    return { ref, attributes: { SubnetId: ref, AvailabilityZone: resource.property('AvailabilityZone') } }
  },
  'AWS::EC2::VPC': (resource) => {
    const ref = `vpc-${token(resource, 17)}`
    return { ref, attributes: { VpcId: ref, CidrBlock: resource.property('CidrBlock') } }
  },
  'AWS::EC2::VPCPeeringConnection': prefixedId('pcx', 'Id'),
  'AWS::ECS::CapacityProvider': named('Name'),
  'AWS::ECS::Cluster': named('ClusterName', (resource, name) => ({ Arn: arn(resource, 'ecs', `cluster/${name}`) })),
  'AWS::Events::Rule': named('Name', (resource, name) => ({ Arn: arn(resource, 'events', `rule/${name}`) })),
  'AWS::IAM::InstanceProfile': named('InstanceProfileName', (resource, name) => ({ Arn: iamArn(resource, `instance-profile/${name}`) })),
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': (resource) => {
    const ref = token(resource, 32)
    return { ref, attributes: { Arn: arn(resource, 'kms', `key/${ref}`), KeyId: ref } }
  },
  'AWS::Lambda::Function': named('FunctionName', (resource, name) => ({ Arn: arn(resource, 'lambda', `function:${name}`) })),
  'AWS::Logs::LogGroup': named('LogGroupName', (resource, name) => ({ Arn: arn(resource, 'logs', `log-group:${name}:*`) })),
  'AWS::Route53::HostedZone': (resource) => {
    const ref = `Z${token(resource, 20).toUpperCase()}`
    return { ref, attributes: { Id: ref } }
  },
  'AWS::SQS::Queue': (resource) => {
    const name = nameOf(resource, 'QueueName')
    const ref = `${resource.endpointUrl}/${resource.account}/${name}`
    return { ref, attributes: { Arn: arn(resource, 'sqs', name), QueueName: name, QueueUrl: ref } }
  },
  'AWS::Scheduler::Schedule': named('Name', (resource, name) => ({ Arn: arn(resource, 'scheduler', `schedule/default/${name}`) })),
  'AWS::StepFunctions::StateMachine': (resource) => {
    const name = nameOf(resource, 'StateMachineName')
    const ref = arn(resource, 'states', `stateMachine:${name}`)
    return { ref, attributes: { Arn: ref, Name: name } }
  },
}

/** @throws for a type whose identity the local cloud does not know */
export function identify(type: string, resource: Nameable): Identity {
  const found = IDENTITIES[type]
  if (!found) throw new Error(`${type} ${resource.logicalId} is referred to, and the local cloud does not know its identity`)
  return found(resource)
}
