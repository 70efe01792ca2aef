import * as z from 'zod'
import { type CellTemplate, flat, type Resource } from '../given.ts'
import { stateful } from './stateful.ts'

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const Statement = z.looseObject({
  Effect: z.string(),
  Action: list,
  Resource: list.default([]),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
})
const Document = z.object({ Statement: z.array(Statement) })

/** Without the hash that the CDK adds. */
const short = (text: string): string => text.replaceAll(/(?<=[A-Za-z])[0-9A-F]{8}\b/g, '')
const json = (value: unknown): string => short(JSON.stringify(value))

function statementLines(document: unknown): string[] {
  return Document.parse(flat(document)).Statement.flatMap(({ Effect, Action, Resource, Principal, Condition }) => [
    `  ${Effect.toLowerCase()} ${Action.join(' ')}`,
    ...(Principal === undefined ? [] : [`    to ${json(Principal)}`]),
    ...Resource.map((resource) => `    on ${short(resource)}`),
    ...(Condition === undefined ? [] : [`    if ${json(Condition)}`]),
  ])
}

/** Every role: who may assume it, and each statement of what it may. */
function rights({ ofType }: CellTemplate): string[] {
  const policies = ofType('AWS::IAM::Policy').map(({ Properties }) => ({
    roles: z.array(z.string()).parse(flat(Properties.Roles)),
    document: Properties.PolicyDocument,
  }))
  return ofType('AWS::IAM::Role').flatMap(({ id, Properties }) => [
    short(id),
    ...statementLines(Properties.AssumeRolePolicyDocument),
    ...policies.filter(({ roles }) => roles.includes(`<${id}>`)).flatMap(({ document }) => statementLines(document)),
    '',
  ])
}

const properties = (resource: Resource, names: string[]): string =>
  names.flatMap((name) => (resource.Properties[name] === undefined ? [] : [`${name}=${json(flat(resource.Properties[name]))}`])).join(' ')

/** By type, what of it says who comes in, who goes out, and whom AWS lets at it. */
const SURFACE: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['Name', 'ProtocolType', 'CorsConfiguration', 'DisableExecuteApiEndpoint'],
  'AWS::ApiGatewayV2::DomainName': ['DomainName'],
  'AWS::ApiGatewayV2::Route': ['RouteKey', 'AuthorizationType', 'Target'],
  'AWS::ApiGatewayV2::Stage': ['StageName', 'DefaultRouteSettings'],
  'AWS::EC2::NatGateway': ['SubnetId'],
  'AWS::EC2::Route': ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId', 'TransitGatewayId', 'VpcPeeringConnectionId'],
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'SecurityGroupIngress', 'SecurityGroupEgress'],
  'AWS::EC2::SecurityGroupEgress': ['GroupId', 'DestinationSecurityGroupId', 'CidrIp', 'FromPort', 'ToPort'],
  'AWS::EC2::SecurityGroupIngress': ['GroupId', 'SourceSecurityGroupId', 'CidrIp', 'FromPort', 'ToPort'],
  'AWS::EC2::Subnet': ['CidrBlock', 'MapPublicIpOnLaunch'],
  'AWS::EC2::VPCEndpoint': ['ServiceName', 'VpcEndpointType', 'SecurityGroupIds'],
  'AWS::Lambda::Permission': ['FunctionName', 'Principal', 'SourceArn'],
  'AWS::Lambda::Url': ['AuthType'],
  'AWS::Route53::RecordSet': ['Name', 'Type'],
  'AWS::SNS::Subscription': ['Protocol', 'Endpoint'],
}
const POLICIES = ['AWS::KMS::Key', 'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy']

function surface({ ofType }: CellTemplate): string[] {
  const shown = Object.entries(SURFACE).flatMap(([type, names]) =>
    ofType(type).map((resource) => `${type} ${short(resource.id)} ${properties(resource, names)}`),
  )
  const policies = POLICIES.flatMap(ofType).flatMap(({ Type, id, Properties }) => [
    `${Type} ${short(id)}`,
    ...statementLines(Properties.PolicyDocument ?? Properties.KeyPolicy),
  ])
  return [...shown, ...policies]
}

function resources({ resources: all }: CellTemplate): string[] {
  const byType = [...Map.groupBy(all, ({ Type }) => Type)].sort(([a], [b]) => (a < b ? -1 : 1))
  return byType.flatMap(([type, of]) => [`${type} (${of.length})`, ...of.map(({ id }) => `  ${id}`).sort(), ''])
}

/** What a reviewer looks at when the template has changed; each a file in this folder. */
export const summary = (cell: CellTemplate): Record<'resources' | 'rights' | 'surface' | 'stateful', string> => {
  const text = (lines: string[]): string => `${lines.join('\n').trimEnd()}\n`
  return {
    resources: text(resources(cell)),
    rights: text(rights(cell)),
    surface: text(surface(cell)),
    stateful: text(stateful(cell.resources)),
  }
}
