import { Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { DefinitionRate } from '../shared/platform/env.ts'
import { type CellConfig, clientCidrs } from './config.ts'
import { CellFunction } from './function.ts'
import { gateway } from './gateway.ts'
import { mayForgetHosts } from './gone-host-rights.ts'
import type { Hosts } from './hosts.ts'
import { mayPull } from './image-registry.ts'
import { logSettings } from './log-settings.ts'
import type { Network } from './network.ts'
import { mayFindOrphans } from './orphan-rights.ts'
import type { State } from './state.ts'
import { mayManageSecurityGroups, mayPublishNames, mayReadHosts, mayReadTasks, mayRunTasks } from './step-rights.ts'
import { tableRights } from './table-rights.ts'
import { hostLimitsVariable, issuersVariable, plansVariable, pricesVariable } from './variables.ts'
import { wakes } from './wakes.ts'
import { workflow } from './workflow.ts'

interface ControlPlaneProps {
  config: CellConfig
  bundles: string
  network: Network
  hosts: Hosts
  state: State
  /** The cell's share. */
  rate: DefinitionRate
}

/** Reads the credentials of the cell's clusters for the nodes that start with them, and nothing else. */
function executionRole(scope: Construct, { cell, imageRegistry }: CellConfig): Role {
  const stack = Stack.of(scope)
  const role = new Role(scope, 'ExecutionRole', {
    description: `What ECS does for nodes of ${cell} before they start`,
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html: only for tasks of this account.
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
  })
  const credentials = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${cell}/clusters/*` })
  role.addToPolicy(new PolicyStatement({ actions: ['ssm:GetParameters'], resources: [credentials] }))
  if (imageRegistry !== undefined) mayPull(role, imageRegistry)
  return role
}

/** What the functions are told about the rest of the cell. */
function variables(scope: Construct, { config, network, hosts, state, rate }: ControlPlaneProps) {
  const stack = Stack.of(scope)
  const subnets = config.availabilityZones.map((az) => [az, network.subnet('tasks', az).subnetId])
  return {
    CELL: config.cell,
    TABLE_NAME: state.table.tableName,
    DELIVERY_QUEUE_URL: state.deliveries.queueUrl,
    ECS_CLUSTER: hosts.cluster.ref,
    VPC_ID: network.vpc.vpcId,
    RING_SECURITY_GROUP: network.ringGroup.securityGroupId,
    TASK_SUBNETS: stack.toJsonString(Object.fromEntries(subnets)),
    HOST_CLASSES: stack.toJsonString(hosts.classes),
    HOST_LIMITS: hostLimitsVariable(config),
    PRICES: pricesVariable(config),
    CLIENT_CIDRS: JSON.stringify(clientCidrs(config)),
    IMAGE_REGISTRY: config.imageRegistry ?? 'docker.io',
    DEFINITION_RATE: JSON.stringify(rate),
    HOSTED_ZONE_ID: network.zone.hostedZoneId,
    ZONE_NAME: network.zone.zoneName,
    OPERATION_TIMEOUT_SECONDS: String(config.operationTimeoutSeconds),
    PLANS: plansVariable(config),
    ISSUERS: issuersVariable(config),
  }
}

/** The functions, what starts them, and what each of them may. */
export class ControlPlane extends Construct {
  readonly httpApi: HttpApi
  readonly machine: StateMachine

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id)
    const { config, bundles, network, hosts, state } = props
    const { cell, concurrentExecutions } = config
    const logs = logSettings(config, state.key)
    const clusterArn = hosts.cluster.attrArn
    const common = { cell, bundles, logs, concurrentExecutions }

    const runsNodes = executionRole(this, config)
    const known = variables(this, props)
    const ring = new CellFunction(this, 'ring', { ...common, variables: known, network })
    const reaching = { ...known, RING_FUNCTION: ring.functionName, EXECUTION_ROLE_ARN: runsNodes.roleArn }
    const observe = new CellFunction(this, 'observe', { ...common, variables: reaching }).mayInvoke(ring)
    const step = new CellFunction(this, 'step', { ...common, variables: reaching }).mayInvoke(ring)
    this.machine = workflow(this, { cell, observe, step, logs })

    const preview = new CellFunction(this, 'preview', { ...common, variables: known })
    mayReadHosts(preview, cell, clusterArn)

    const starting = { ...common, variables: { ...known, STATE_MACHINE_ARN: this.machine.stateMachineArn } }
    const asking = { ...common, variables: { ...starting.variables, PREVIEW_FUNCTION: preview.functionName } }
    const api = new CellFunction(this, 'api', asking).mayStart(this.machine).mayInvoke(preview)
    const wake = new CellFunction(this, 'wake', starting).mayStart(this.machine)
    const sweep = new CellFunction(this, 'sweep', starting).mayStart(this.machine).maySend(state.deliveries)
    const outbox = new CellFunction(this, 'outbox', starting).maySend(state.deliveries)
    const deliver = new CellFunction(this, 'deliver', starting).maySend(state.deliveries)
    const orphans = new CellFunction(this, 'orphans', { ...common, variables: known })

    mayReadHosts(sweep, cell, clusterArn)
    mayForgetHosts(sweep, clusterArn)
    tableRights({ observe, step, api, wake, sweep, outbox, deliver, orphans }, state.table)
    api.mayUseParameters(cell, 'webhook-master', ['GetParameter', 'PutParameter']).mayUseParameters(cell, 'clusters/*', ['GetParameter'])
    deliver.mayUseParameters(cell, 'webhook-master', ['GetParameter'])
    observe.mayUseParameters(cell, 'clusters/*', ['GetParameter'])
    step.mayUseParameters(cell, 'clusters/*', ['GetParameter', 'PutParameter', 'DeleteParameter'])
    mayReadTasks(observe, cell, clusterArn)
    mayReadHosts(observe, cell, clusterArn)
    mayReadTasks(sweep, cell, clusterArn)
    mayReadTasks(step, cell, clusterArn)
    mayRunTasks(step, cell, clusterArn, runsNodes)
    mayManageSecurityGroups(step, cell, network.vpc)
    mayPublishNames(step, network.zone)
    mayFindOrphans(orphans, cell, { clusterArn, zone: network.zone })

    this.httpApi = gateway(this, { config, api, logs })
    wakes(this, { functions: { wake, sweep, outbox, deliver, orphans }, ...state, clusterArn, concurrentExecutions })
  }
}
