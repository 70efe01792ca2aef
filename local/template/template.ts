import type { HostGroup } from '../ecs/options.ts'
import { type AccountQuotas, readAccountQuotas } from './account-quotas.ts'
import { readAssembly } from './assembly.ts'
import { type FunctionSpec, readFunctions } from './functions.ts'
import { type EcsClusterSpec, readEcsClusters, readHostGroups } from './hosts.ts'
import { type HttpApiSpec, readHttpApis } from './http-api.ts'
import { IGNORED_TYPES } from './ignored.ts'
import { type NetworkSpec, readNetwork } from './network.ts'
import { type EventSourceSpec, type QueueSpec, readEventSources, readQueues } from './queues.ts'
import type { Resource } from './resource.ts'
import { type RoleSpec, readRoles } from './roles.ts'
import { type RuleSpec, readRules, type ScheduleSpec } from './rules.ts'
import { readStack, type Stack } from './stack.ts'
import { readStateMachines, type StateMachineSpec } from './state-machines.ts'
import { readTables, type TableSpec } from './tables.ts'

/** Everything of a synthesised app that the local cloud runs. */
export interface Template {
  account: string
  region: string
  quotas: AccountQuotas
  functions: FunctionSpec[]
  httpApis: HttpApiSpec[]
  stateMachines: StateMachineSpec[]
  tables: TableSpec[]
  queues: QueueSpec[]
  eventSources: EventSourceSpec[]
  rules: RuleSpec[]
  schedules: ScheduleSpec[]
  roles: RoleSpec[]
  network: NetworkSpec
  ecsClusters: EcsClusterSpec[]
  hostGroups: HostGroup[]
  /** By stack name, then output name. */
  outputs: Record<string, Record<string, unknown>>
}

const RUN_TYPES = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Route53::HostedZone',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::StepFunctions::StateMachine',
])

function refuseUnknownTypes(resources: Resource[]): void {
  const unknown = resources.filter(({ type }) => !RUN_TYPES.has(type) && !(type in IGNORED_TYPES))
  if (unknown.length === 0) return
  const names = unknown.map(({ type, logicalId }) => `${type} (${logicalId})`).join(', ')
  throw new Error(`the local cloud neither runs nor knowingly ignores ${names}`)
}

/** Stacks of one assembly; what one exports the others may import. */
function readStacks(
  outDir: string,
  endpointUrl: string,
): { assembly: ReturnType<typeof readAssembly>; stacks: Stack[]; account: string; region: string } {
  const assembly = readAssembly(outDir)
  const account = assembly.stacks.find((stack) => stack.account)?.account ?? '123456789012'
  const region = assembly.stacks.find((stack) => stack.region)?.region ?? 'us-east-1'
  const stacks: Stack[] = assembly.stacks.map((raw) => readStack(raw, { account, region, endpointUrl }, importValue))
  function importValue(name: string): unknown {
    for (const stack of stacks) {
      const value = stack.exports().get(name)
      if (value) return value()
    }
    throw new Error(`no stack exports ${name}`)
  }
  return { assembly, stacks, account, region }
}

/**
 * Reads a synthesised CDK app as it would be deployed.
 * @param outDir the cloud assembly, usually `cdk.out`
 * @param endpointUrl where the local cloud answers for AWS; queue URLs begin with it
 * @throws with type and logical id for a resource, and with its name for a property or intrinsic, that the local cloud does not know
 */
export function readTemplate(outDir: string, endpointUrl: string): Template {
  const { assembly, stacks, account, region } = readStacks(outDir, endpointUrl)
  const resources = stacks.flatMap((stack) => stack.resources)
  refuseUnknownTypes(resources)
  const network = readNetwork(resources)
  return {
    account,
    region,
    quotas: readAccountQuotas(assembly),
    functions: readFunctions(resources, assembly),
    httpApis: readHttpApis(resources),
    stateMachines: readStateMachines(resources),
    tables: readTables(resources),
    queues: readQueues(resources),
    eventSources: readEventSources(resources),
    ...readRules(resources),
    roles: readRoles(resources),
    network,
    ecsClusters: readEcsClusters(resources),
    hostGroups: readHostGroups(resources, (id) => network.subnets.find((subnet) => subnet.id === id)?.az),
    outputs: Object.fromEntries(stacks.map((stack) => [stack.name, stack.outputs()])),
  }
}
