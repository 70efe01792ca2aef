import { join } from 'node:path'
import { Duration, Stack } from 'aws-cdk-lib'
import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, SystemLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { FUNCTION_VARIABLES, type FunctionName } from '../shared/platform/env.ts'
import { reservedFor } from './concurrency.ts'
import { FUNCTION_SIZES } from './function-sizes.ts'
import type { LogSettings } from './log-settings.ts'
import type { Network } from './network.ts'

/** Known only when the function is there that the role trusts: `assumes` sets them. */
export type RoleVariable = 'TENANT_ROLE_ARN' | 'KEYS_ROLE_ARN'

type Variables<F extends FunctionName> = Record<Exclude<(typeof FUNCTION_VARIABLES)[F][number], RoleVariable>, string>

export interface CellFunctionProps<F extends FunctionName> {
  cell: string
  /** The folder with one folder per function, as `bundle` leaves it. */
  bundles: string
  logs: LogSettings
  /** What the cell may count on, of which some functions get their share. */
  concurrentExecutions?: number | undefined
  /** At least the function's own; what others need is left out. */
  variables: Variables<F>
  /** Set to put it beside the nodes. */
  network?: Network
}

const VPC_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]

function roleOf(scope: Construct, id: string, functionName: string, logs: LogGroup, inVpc: boolean): Role {
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Function ${functionName}`,
  })
  role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logs.logGroupArn] }))
  if (!inVpc) return role
  // Lambda itself makes the interfaces and these know no resources; the code that runs inside may not:
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
  const own = Stack.of(scope).formatArn({ service: 'lambda', resource: `function:${functionName}` })
  role.addToPolicy(new PolicyStatement({ actions: VPC_ACTIONS, resources: ['*'] }))
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: VPC_ACTIONS,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    }),
  )
  return role
}

/**
 * What is told of each run. The sweep runs 43,800 times a month whether there is anything to do or not: its traces and the lines that
 * Lambda writes of each run would be three quarters of what an idle cell costs. What it does it says itself, and that it runs is a metric.
 */
const told = (name: FunctionName) =>
  name === 'sweep' ? { tracing: Tracing.DISABLED, systemLogLevelV2: SystemLogLevel.WARN } : { tracing: Tracing.ACTIVE }

/** The only way a Lambda gets into a cell: its own bundle, its own role, exactly the variables that it parses. */
export class CellFunction<F extends FunctionName = FunctionName> extends LambdaFunction {
  constructor(scope: Construct, name: F, props: CellFunctionProps<F>) {
    const id = name.charAt(0).toUpperCase() + name.slice(1)
    const functionName = `${props.cell}-${name}`
    const wanted: ReadonlySet<string> = new Set(FUNCTION_VARIABLES[name])
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/ringhold/${props.cell}/${name}`,
      ...props.logs,
    })
    const { network } = props
    super(scope, id, {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(props.bundles, name)),
      handler: 'index.handler',
      memorySize: FUNCTION_SIZES[name].memoryMib,
      timeout: Duration.seconds(FUNCTION_SIZES[name].timeoutSeconds),
      environment: Object.fromEntries(Object.entries<string>(props.variables).filter(([key]) => wanted.has(key))),
      role: roleOf(scope, id, functionName, logGroup, network !== undefined),
      logGroup,
      reservedConcurrentExecutions: reservedFor(name, props.concurrentExecutions),
      loggingFormat: LoggingFormat.JSON,
      ...told(name),
      ...(network ? { vpc: network.vpc, vpcSubnets: { subnetGroupName: 'tasks' }, securityGroups: [network.ringGroup] } : {}),
    })
  }

  /** The role has to trust this function. */
  assumes(variable: RoleVariable, role: IRole): void {
    this.addEnvironment(variable, role.roleArn)
  }

  mayStart(machine: IStateMachine): this {
    this.may(['StartExecution'], 'states', [machine.stateMachineArn])
    return this
  }

  maySend(queue: IQueue): this {
    this.may(['SendMessage'], 'sqs', [queue.queueArn])
    return this
  }

  mayInvoke(other: CellFunction): this {
    this.may(['InvokeFunction'], 'lambda', [other.functionArn])
    return this
  }

  /** @param path below the cell's own prefix, e.g. `clusters/*`; the AWS managed key of SSM needs no grant. */
  mayUseParameters(cell: string, path: string, actions: ('GetParameter' | 'PutParameter' | 'DeleteParameter')[]): this {
    this.may(actions, 'ssm', [Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${cell}/${path}` })])
    return this
  }

  may(actions: string[], service: string, resources: string[], conditions: Record<string, Record<string, unknown>> = {}): void {
    this.addToRolePolicy(new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources, conditions }))
  }
}
