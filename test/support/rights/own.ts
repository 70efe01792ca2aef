import * as z from 'zod'
import type { Resource } from '../../../local/template/resource.ts'
import { type Asked, ofType, property } from './roles.ts'

const VPC = [
  'CreateNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DeleteNetworkInterface',
  'AssignPrivateIpAddresses',
  'UnassignPrivateIpAddresses',
]
const TRACE = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']
/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy, xray-tracing: without creating a group. */
const MACHINE_LOGS = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map((action) => `logs:${action}`)
/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html#events-dynamodb-permissions */
const STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => `dynamodb:${action}`)
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const QUEUE = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => `sqs:${action}`)

const anywhere = (role: string, actions: string[]): Asked[] => actions.map((action) => ({ role, action, resource: '*' }))
const on = (role: string, actions: string[], resource: string): Asked[] => actions.map((action) => ({ role, action, resource }))
const read = <T>(resource: Resource, name: string, schema: z.ZodType<T>): T => schema.parse(property(resource, name))

/** The arn of each function's role, by the function's name. */
export const functionRoles = (resources: Resource[]): Map<string, string> =>
  new Map(ofType(resources, 'AWS::Lambda::Function').map((resource) => [resource.ref, read(resource, 'Role', z.string())]))

function ofFunction(resource: Resource, logGroups: Resource[]): Asked[] {
  const role = read(resource, 'Role', z.string())
  const { LogGroup } = read(resource, 'LoggingConfig', z.object({ LogGroup: z.string() }))
  const group = logGroups.find((candidate) => candidate.ref === LogGroup)
  if (!group) throw new Error(`${resource.ref} logs into a group that the template does not have`)
  const traced = read(resource, 'TracingConfig', z.object({ Mode: z.string() }).optional())?.Mode === 'Active'
  return [
    ...on(role, ['logs:CreateLogStream', 'logs:PutLogEvents'], group.attribute('Arn').replace(/\*$/, 'log-stream:one')),
    ...(traced ? anywhere(role, TRACE) : []),
    // Made by Lambda itself: the condition key `lambda:SourceFunctionArn` is there only when the code inside calls.
    ...(property(resource, 'VpcConfig') === undefined
      ? []
      : anywhere(
          role,
          VPC.map((action) => `ec2:${action}`),
        )),
  ]
}

const Failures = z.object({ OnFailure: z.object({ Destination: z.string() }) }).optional()

function ofSource(mapping: Resource, roles: Map<string, string>): Asked[] {
  const role = roles.get(read(mapping, 'FunctionName', z.string())) ?? ''
  const source = read(mapping, 'EventSourceArn', z.string())
  const failures = read(mapping, 'DestinationConfig', Failures)?.OnFailure.Destination
  return [
    ...(source.startsWith('arn:aws:sqs:')
      ? on(role, QUEUE, source)
      : [...on(role, STREAM, source), ...anywhere(role, ['dynamodb:ListStreams'])]),
    ...(failures ? on(role, ['sqs:SendMessage'], failures) : []),
  ]
}

function ofAsync(config: Resource, roles: Map<string, string>): Asked[] {
  const failures = read(config, 'DestinationConfig', Failures)?.OnFailure.Destination
  return failures ? on(roles.get(read(config, 'FunctionName', z.string())) ?? '', ['sqs:SendMessage'], failures) : []
}

function ofMachine(machine: Resource): Asked[] {
  const role = read(machine, 'RoleArn', z.string())
  const functions = read(machine, 'DefinitionString', z.string()).matchAll(/"FunctionName":"([^"]+)"/g)
  const invoked = new Set([...functions].map(([, arn]) => arn ?? ''))
  return [
    ...[...invoked].flatMap((arn) => on(role, ['lambda:InvokeFunction'], arn)),
    ...(property(machine, 'LoggingConfiguration') === undefined ? [] : anywhere(role, MACHINE_LOGS)),
    ...(property(machine, 'TracingConfiguration') === undefined
      ? []
      : anywhere(role, [...TRACE, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'])),
  ]
}

/** What AWS does in the name of roles because the template says so: no code of ours makes these calls. */
export function ownRequests(resources: Resource[]): Asked[] {
  const logGroups = ofType(resources, 'AWS::Logs::LogGroup')
  const roles = functionRoles(resources)
  return [
    ...ofType(resources, 'AWS::Lambda::Function').flatMap((resource) => ofFunction(resource, logGroups)),
    ...ofType(resources, 'AWS::Lambda::EventSourceMapping').flatMap((mapping) => ofSource(mapping, roles)),
    ...ofType(resources, 'AWS::Lambda::EventInvokeConfig').flatMap((config) => ofAsync(config, roles)),
    ...ofType(resources, 'AWS::StepFunctions::StateMachine').flatMap(ofMachine),
  ]
}

/** What an ECS agent and Session Manager ask for on a host: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html */
export function hostRequests(resources: Resource[]): Asked[] {
  const role = ofType(resources, 'AWS::IAM::Role').find((candidate) => /ec2\.amazonaws\.com/.test(JSON.stringify(candidate.properties)))
  const [cluster] = ofType(resources, 'AWS::ECS::Cluster')
  if (!role || !cluster) throw new Error('the template has no hosts')
  const arn = role.attribute('Arn')
  const own = cluster.attribute('Arn')
  const agent = [
    'RegisterContainerInstance',
    'DeregisterContainerInstance',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
  ]
  const onInstance = ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'].map((action) => ({
    role: arn,
    action,
    resource: own.replace(':cluster/', ':container-instance/').concat('/one'),
    context: { 'ecs:cluster': [own] },
  }))
  const session = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
    (action) => `ssmmessages:${action}`,
  )
  return [
    ...on(
      arn,
      agent.map((action) => `ecs:${action}`),
      own,
    ),
    ...onInstance,
    ...anywhere(arn, ['ecs:DiscoverPollEndpoint', 'ssm:UpdateInstanceInformation', ...session]),
  ]
}
