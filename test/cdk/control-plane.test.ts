import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as z from 'zod'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'
import { graph } from '../../shared/reconcile/graph.ts'
import { flat, givenSynthesis, type Synthesised } from './given.ts'

let cell: Synthesised
beforeAll(() => {
  cell = givenSynthesis()
})
afterAll(() => cell.remove())

const functionName = (name: string) => `cell-1-${name}`
const functionNamed = (name: string) => {
  const found = cell.ofType('AWS::Lambda::Function').find((resource) => resource.Properties.FunctionName === functionName(name))
  if (!found) throw new Error(`no function ${name}`)
  return found
}
const mappingOf = (name: string) =>
  cell.ofType('AWS::Lambda::EventSourceMapping').find((mapping) => flat(mapping.Properties.FunctionName) === `<${functionNamed(name).id}>`)
const Filters = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) })
const patterns = (name: string): unknown[] =>
  Filters.parse(mappingOf(name)?.Properties.FilterCriteria).Filters.map(({ Pattern }) => JSON.parse(Pattern))

describe('functions', () => {
  it('are the ones that are configured, and no Lambda that the CDK hides', () => {
    const names = cell.ofType('AWS::Lambda::Function').map((resource) => resource.Properties.FunctionName)
    expect(names.sort()).toEqual(Object.keys(FUNCTION_VARIABLES).map(functionName).sort())
    expect(cell.text).not.toContain('Custom::')
  })

  it.each(Object.entries(FUNCTION_VARIABLES))('%s gets exactly the variables that it parses', (name, variables) => {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(functionNamed(name).Properties.Environment)
    expect(Object.keys(Variables).sort()).toEqual([...variables].sort())
  })

  it.each(Object.keys(FUNCTION_VARIABLES))('%s runs as an ES module on Node 24 and ARM, and logs into a group that forgets', (name) => {
    const { Properties } = functionNamed(name)
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    })
    const quiet = name === 'sweep'
    expect(Properties.TracingConfig).toEqual(quiet ? undefined : { Mode: 'Active' })
    const group = cell.ofType('AWS::Logs::LogGroup').find((candidate) => candidate.Properties.LogGroupName === `/ringhold/cell-1/${name}`)
    expect(group?.Properties.RetentionInDays).toBe(30)
    const level = quiet ? { SystemLogLevel: 'WARN' } : {}
    expect(flat(Properties.LoggingConfig)).toEqual({ LogFormat: 'JSON', LogGroup: `<${group?.id}>`, ...level })
  })

  it('are told the racks, the host classes and the clients as JSON', () => {
    const { Variables } = z
      .object({ Variables: z.record(z.string(), z.unknown()) })
      .parse(flat(functionNamed('step').Properties.Environment))
    const json = (name: string): unknown => JSON.parse(z.string().parse(Variables[name]))
    expect(Object.keys(z.record(z.string(), z.string()).parse(json('TASK_SUBNETS')))).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c'])
    expect(json('HOST_CLASSES')).toMatchObject([
      { name: 'small', max_node_memory_mib: 2_048, network: 'shared' },
      { name: 'large', max_node_memory_mib: 60_293, network: 'own' },
    ])
    expect(json('CLIENT_CIDRS')).toEqual(['10.64.0.0/16'])
  })

  it('only ring is beside the nodes, in isolated subnets and a group of its own', () => {
    const inVpc = cell.ofType('AWS::Lambda::Function').filter((resource) => resource.Properties.VpcConfig !== undefined)
    expect(inVpc.map((resource) => resource.Properties.FunctionName)).toEqual([functionName('ring')])
    const isolated = cell.ofType('AWS::EC2::Subnet').filter((subnet) => subnet.Properties.MapPublicIpOnLaunch === false)
    expect(flat(inVpc[0]?.Properties.VpcConfig)).toEqual({
      SubnetIds: isolated.map((subnet) => `<${subnet.id}>`),
      SecurityGroupIds: [expect.stringContaining('RingGroup')],
    })
  })
})

it('every path and method of the HTTP API ends at the one function that knows the routes', () => {
  const routes = cell.ofType('AWS::ApiGatewayV2::Route')
  expect(routes.map((route) => route.Properties.RouteKey).sort()).toEqual(['$default', 'ANY /{proxy+}'])
  const [integration, ...others] = cell.ofType('AWS::ApiGatewayV2::Integration')
  expect(others).toEqual([])
  expect(flat(integration?.Properties)).toMatchObject({ IntegrationUri: `<${functionNamed('api').id}.Arn>`, PayloadFormatVersion: '2.0' })
  for (const route of routes) expect(flat(route.Properties.Target)).toBe(`integrations/<${integration?.id}>`)
})

it('the state machine is the graph beside its code, and its history holds no data', () => {
  const [machine, ...others] = cell.ofType('AWS::StepFunctions::StateMachine')
  expect(others).toEqual([])
  const functions = { observe: `<${functionNamed('observe').id}.Arn>`, step: `<${functionNamed('step').id}.Arn>` }
  expect(JSON.parse(z.string().parse(flat(machine?.Properties.DefinitionString)))).toEqual(graph(functions))
  expect(machine?.Properties).toMatchObject({
    StateMachineType: 'STANDARD',
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
  })
})

describe('what starts functions', () => {
  it('wake sees clusters that nobody works on', () => {
    expect(patterns('wake')).toEqual([
      {
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: { Keys: { sk: { S: [{ prefix: 'CLUSTER#' }] } }, NewImage: { lease_holder: { S: [{ exists: false }] } } },
      },
    ])
  })

  it('outbox sees new events, and deliveries that the API asked for', () => {
    expect(patterns('outbox')).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVT#' }] } } } },
      {
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: { Keys: { sk: { S: [{ prefix: 'DLV#' }] } }, NewImage: { asked_at: { S: [{ exists: true }] } } },
      },
    ])
  })

  it.each(['wake', 'outbox'])('a record that %s cannot take goes aside and holds nobody up', (name) => {
    expect(flat(mappingOf(name)?.Properties)).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 0,
      MaximumRetryAttempts: expect.any(Number),
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: expect.stringContaining('Undeliverable') } },
    })
  })

  it.each(['wake', 'sweep'])('an event that does not reach %s, or that it cannot take, goes aside', (name) => {
    const { id } = functionNamed(name)
    const config = cell.ofType('AWS::Lambda::EventInvokeConfig').find((each) => flat(each.Properties.FunctionName) === `<${id}>`)
    const aside = expect.stringContaining('Undeliverable')
    expect(flat(config?.Properties)).toMatchObject({ DestinationConfig: { OnFailure: { Destination: aside } }, Qualifier: '$LATEST' })
    const targets = z.array(z.object({ Arn: z.string(), DeadLetterConfig: z.unknown() }))
    const target = cell
      .ofType('AWS::Events::Rule')
      .flatMap((rule) => targets.parse(flat(rule.Properties.Targets)))
      .find(({ Arn }) => Arn === `<${id}.Arn>`)
    expect(target?.DeadLetterConfig).toEqual({ Arn: aside })
  })

  it('deliver takes ten messages at once and reports each that failed', () => {
    expect(flat(mappingOf('deliver')?.Properties)).toMatchObject({
      BatchSize: 10,
      EventSourceArn: expect.stringContaining('Deliveries'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 100 },
    })
  })

  it('a node that came up or stopped wakes its cluster, a minute wakes the sweep, a day the comparison, which it asks for no repair', () => {
    const [cluster] = cell.ofType('AWS::ECS::Cluster')
    const rules = cell.ofType('AWS::Events::Rule').map((rule) => flat(rule.Properties))
    expect(rules).toEqual([
      expect.objectContaining({
        EventPattern: {
          source: ['aws.ecs'],
          'detail-type': ['ECS Task State Change'],
          detail: { clusterArn: [`<${cluster?.id}.Arn>`], lastStatus: ['RUNNING', 'STOPPED'] },
        },
        Targets: [expect.objectContaining({ Arn: `<${functionNamed('wake').id}.Arn>` })],
      }),
      expect.objectContaining({
        ScheduleExpression: 'rate(1 minute)',
        Targets: [expect.objectContaining({ Arn: `<${functionNamed('sweep').id}.Arn>` })],
      }),
      expect.objectContaining({
        ScheduleExpression: 'rate(1 day)',
        Targets: [expect.not.objectContaining({ Input: expect.anything() })],
      }),
    ])
    expect(rules[2]).toMatchObject({ Targets: [{ Arn: `<${functionNamed('orphans').id}.Arn>` }] })
  })
})

describe('state', () => {
  it('the table survives its stack, streams both images, can be set back in time and knows what is due', () => {
    const [table, ...others] = cell.ofType('AWS::DynamoDB::Table')
    expect(others).toEqual([])
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'due_pk', KeyType: 'HASH' },
              { AttributeName: 'due_at', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      },
    })
  })

  it('a delivery stays hidden for longer than its sender runs, and is kept when it never succeeds', () => {
    const deliveries = cell.ofType('AWS::SQS::Queue').find((queue) => queue.Properties.QueueName === 'cell-1-deliveries')
    const timeout = z.number().parse(functionNamed('deliver').Properties.Timeout)
    expect(z.number().parse(deliveries?.Properties.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeout)
    expect(flat(deliveries?.Properties.RedrivePolicy)).toEqual({
      deadLetterTargetArn: expect.stringContaining('Undeliverable'),
      maxReceiveCount: 5,
    })
    for (const queue of cell.ofType('AWS::SQS::Queue')) expect(queue.Properties.SqsManagedSseEnabled).toBe(true)
  })
})
