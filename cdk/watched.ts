import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { FUNCTION_VARIABLES, type FunctionName } from '../shared/platform/env.ts'
import { METRIC_DIMENSION, METRIC_NAMESPACE, type MetricName } from '../shared/platform/metrics.ts'
import { DUE_INDEX } from '../shared/platform/table.ts'
import type { CellConfig } from './config.ts'
import type { State } from './state.ts'

/** What is watched: something of the cell by itself, or all of a kind, each by itself. */
type Subject = 'gateway' | 'deliveries' | 'undeliverable' | 'loop' | 'table' | 'due-index' | 'nodes' | 'account' | 'transitions' | 'vcpus'
type Kind = 'functions' | 'table-calls' | 'hosts' | 'providers'

export type MetricSpec =
  | { of: 'cell'; metric: MetricName; stat: string }
  | { of: Subject | FunctionName | Kind; metric: string; stat: string }

export interface Watched {
  config: CellConfig
  httpApi: HttpApi
  machine: StateMachine
  state: State
}

interface Source {
  label: string
  namespace: string
  dimensions: Record<string, string>
}

/** What the functions call of the table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html counts errors by operation. */
const TABLE_CALLS = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems']

const lambda = (config: CellConfig, name: string): Source => ({
  label: name,
  namespace: 'AWS/Lambda',
  dimensions: { FunctionName: `${config.cell}-${name}` },
})

/** Auto Scaling groups and capacity providers have one name: cdk/hosts.ts. */
const hostGroups = ({ cell, hostClasses, availabilityZones }: CellConfig): { name: string; label: string }[] =>
  hostClasses.flatMap((hostClass) =>
    availabilityZones.map((az) => ({ name: `${cell}-${hostClass.name}-${az}`, label: `${hostClass.name} ${az}` })),
  )

const one = ({ config, httpApi, machine, state }: Watched): Record<Subject, Source> => {
  const table = { TableName: state.table.tableName }
  return {
    gateway: { label: 'API', namespace: 'AWS/ApiGateway', dimensions: { ApiId: httpApi.apiId } },
    deliveries: { label: 'queue', namespace: 'AWS/SQS', dimensions: { QueueName: state.deliveries.queueName } },
    undeliverable: { label: 'put aside', namespace: 'AWS/SQS', dimensions: { QueueName: state.undeliverable.queueName } },
    loop: { label: 'loop', namespace: 'AWS/States', dimensions: { StateMachineArn: machine.stateMachineArn } },
    table: { label: 'table', namespace: 'AWS/DynamoDB', dimensions: table },
    'due-index': { label: 'due index', namespace: 'AWS/DynamoDB', dimensions: { ...table, GlobalSecondaryIndexName: DUE_INDEX } },
    nodes: { label: 'nodes', namespace: 'AWS/ECS', dimensions: { ClusterName: config.cell } },
    // Without a dimension: over all functions of the account and region.
    account: { label: 'account', namespace: 'AWS/Lambda', dimensions: {} },
    // https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html: of the account, too
    transitions: { label: 'state transitions', namespace: 'AWS/States', dimensions: { ServiceMetric: 'StateTransition' } },
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-quotas-cloudwatch-metrics.html
    vcpus: {
      label: 'vCPUs',
      namespace: 'AWS/Usage',
      dimensions: { Type: 'Resource', Resource: 'vCPU', Service: 'EC2', Class: 'Standard/OnDemand' },
    },
  }
}

const isFunction = (name: string): name is FunctionName => name in FUNCTION_VARIABLES
export const FUNCTION_NAMES = Object.keys(FUNCTION_VARIABLES).filter(isFunction)

function sourcesOf(watched: Watched, of: MetricSpec['of']): Source[] {
  const { config, state } = watched
  switch (of) {
    case 'cell':
      return [{ label: config.cell, namespace: METRIC_NAMESPACE, dimensions: { [METRIC_DIMENSION]: config.cell } }]
    case 'functions':
      return FUNCTION_NAMES.map((name) => lambda(config, name))
    case 'table-calls':
      return TABLE_CALLS.map((Operation) => ({
        label: Operation,
        namespace: 'AWS/DynamoDB',
        dimensions: { TableName: state.table.tableName, Operation },
      }))
    case 'hosts':
      return hostGroups(config).map(({ name, label }) => ({ label, namespace: 'AWS/EC2', dimensions: { AutoScalingGroupName: name } }))
    case 'providers':
      return hostGroups(config).map(({ name, label }) => ({
        ...{ label, namespace: 'AWS/ECS/ManagedScaling' },
        dimensions: { ClusterName: config.cell, CapacityProviderName: name },
      }))
    default:
      return [isFunction(of) ? lambda(config, of) : one(watched)[of]]
  }
}

/** How many metrics that is: what CloudWatch charges by. */
export function metricCount(config: CellConfig, { of }: MetricSpec): number {
  switch (of) {
    case 'functions':
      return FUNCTION_NAMES.length
    case 'table-calls':
      return TABLE_CALLS.length
    case 'hosts':
    case 'providers':
      return hostGroups(config).length
    default:
      return 1
  }
}

/** As CloudWatch takes them: one metric, or one of each of a kind. */
export function metricsOf(watched: Watched, spec: MetricSpec, how: { minutes: number; label?: string }): Metric[] {
  const sources = sourcesOf(watched, spec.of)
  return sources.map(
    ({ label, namespace, dimensions }) =>
      new Metric({
        ...{ namespace, metricName: spec.metric, statistic: spec.stat, period: Duration.minutes(how.minutes) },
        dimensionsMap: dimensions,
        ...(sources.length > 1 ? { label } : how.label === undefined ? {} : { label: how.label }),
      }),
  )
}
