import { DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetEventSourceMappingCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { clientConfig, rawAws } from './aws.ts'

/** What the emulator says of one resource, in the words of CloudFormation. */
export type Look = (physicalId: string) => Promise<Record<string, unknown>>

const Item = z.record(z.string(), z.unknown())
const Rule = z.looseObject({ EventPattern: z.string().optional(), Name: z.string() })
const Targets = z.object({ Targets: z.array(Item) })
const LogGroups = z.object({ logGroups: z.array(z.looseObject({ logGroupName: z.string(), retentionInDays: z.number().optional() })) })
const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text))
/** API Gateway begins its fields with small letters. */
const capital = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]))

function dataLooks(config: ReturnType<typeof clientConfig>): Record<string, Look> {
  const dynamo = new DynamoDBClient(config)
  const sqs = new SQSClient(config)
  return {
    'AWS::DynamoDB::Table': async (TableName) => {
      const [{ Table }, { TimeToLiveDescription }, { ContinuousBackupsDescription }] = await Promise.all([
        dynamo.send(new DescribeTableCommand({ TableName })),
        dynamo.send(new DescribeTimeToLiveCommand({ TableName })),
        dynamo.send(new DescribeContinuousBackupsCommand({ TableName })),
      ])
      const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
      return {
        ...Table,
        BillingMode: Table?.BillingModeSummary?.BillingMode,
        TimeToLiveSpecification: {
          AttributeName: TimeToLiveDescription?.AttributeName,
          Enabled: TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED',
        },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery === 'ENABLED' },
        SSESpecification: { SSEEnabled: Table?.SSEDescription?.Status === 'ENABLED' },
      }
    },
    'AWS::SQS::Queue': async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
      return { ...Attributes, QueueName: Attributes.QueueArn?.split(':').at(-1), RedrivePolicy: parsed(Attributes.RedrivePolicy) }
    },
  }
}

function codeLooks(config: ReturnType<typeof clientConfig>): Record<string, Look> {
  const lambda = new LambdaClient(config)
  const states = new SFNClient(config)
  return {
    'AWS::Lambda::Function': async (FunctionName) => ({ ...(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))) }),
    'AWS::Lambda::EventSourceMapping': async (UUID) => {
      const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID }))
      return { ...mapping, FunctionName: mapping.FunctionArn }
    },
    'AWS::StepFunctions::StateMachine': async (stateMachineArn) => {
      const machine = await states.send(new DescribeStateMachineCommand({ stateMachineArn }))
      return {
        ...capital({ ...machine }),
        DefinitionString: machine.definition,
        StateMachineName: machine.name,
        StateMachineType: machine.type,
      }
    },
  }
}

function restLooks(url: string, region: string): Record<string, Look> {
  const aws = rawAws(url, region)
  const inApi =
    (kind: string): Look =>
    async (id) => {
      const [apiId, own] = id.split('/')
      return { ...capital(Item.parse(await aws.get('apigateway', `/v2/apis/${apiId}/${kind}/${own}`))), ApiId: apiId }
    }
  return {
    'AWS::ApiGatewayV2::Route': inApi('routes'),
    'AWS::Events::Rule': async (id) => {
      const Name = id.split('/').at(-1) ?? id
      const { EventPattern, ...rule } = Rule.parse(await aws.json('events', 'AWSEvents.DescribeRule', { Name }))
      return {
        ...rule,
        EventPattern: parsed(EventPattern),
        ...Targets.parse(await aws.json('events', 'AWSEvents.ListTargetsByRule', { Rule: Name })),
      }
    },
    'AWS::Logs::LogGroup': async (name) => {
      const { logGroups } = LogGroups.parse(await aws.json('logs', 'Logs_20140328.DescribeLogGroups', { logGroupNamePrefix: name }))
      const found = logGroups.find(({ logGroupName }) => logGroupName === name)
      return { LogGroupName: found?.logGroupName, RetentionInDays: found?.retentionInDays }
    },
  }
}

/** By resource type: all that carries a behaviour which the run below does not show by itself. */
export const looksAt = (url: string, region: string): Record<string, Look> => ({
  ...dataLooks(clientConfig(url, region)),
  ...codeLooks(clientConfig(url, region)),
  ...restLooks(url, region),
})
