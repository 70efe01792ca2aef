import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/nested-clients/sts'
import { clientConfig } from '../aws.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'us-east-1'
export const ZONE = 'cell-1.ringhold.internal'
export const TABLE = 'cell-1'
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/tenant-role`
export const MACHINE = { name: 'reconcile', definition: { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } } }
/** As the template has it. */
export const TABLE_SHAPE = {
  AttributeDefinitions: ['pk', 'sk', 'due_pk', 'due_at'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  index: {
    IndexName: 'due',
    KeySchema: [
      { AttributeName: 'due_pk', KeyType: 'HASH' as const },
      { AttributeName: 'due_at', KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  },
}

/** Who answers: clients of one endpoint, and the ids of what is there from the start. */
export interface World {
  ssm: SSMClient
  ec2: EC2Client
  route53: Route53Client
  sqs: SQSClient
  sts: STSClient
  states: SFNClient
  dynamodb: DynamoDBClient
  vpcId: string
  zoneId: string
  queueUrl: string
  machineArn: string
  /** What answers of this world said, for later calls. */
  said: Map<string, string>
}

export type Clients = Omit<World, 'vpcId' | 'zoneId' | 'queueUrl' | 'machineArn' | 'said'>

/** @param accessKeyId who signs */
export function clientsOf(url: string, accessKeyId = 'test'): Clients {
  const config = { ...clientConfig(url, REGION), credentials: { accessKeyId, secretAccessKey: 'test' } }
  return {
    ssm: new SSMClient(config),
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
    states: new SFNClient(config),
    dynamodb: new DynamoDBClient(config),
  }
}

const wanted = (what: string, id: string | undefined): string => {
  if (id === undefined) throw new Error(`it made no ${what}`)
  return id
}

/** An emulator with what the template would have made in it. */
export async function emulatorWorld(url: string): Promise<World> {
  const clients = clientsOf(url)
  const vpcId = wanted('VPC', (await clients.ec2.send(new CreateVpcCommand({ CidrBlock: '10.64.0.0/16' }))).Vpc?.VpcId)
  const zone = { Name: ZONE, CallerReference: 'witness', VPC: { VPCRegion: REGION as 'us-east-1', VPCId: vpcId } }
  const zoneId = wanted('zone', (await clients.route53.send(new CreateHostedZoneCommand(zone))).HostedZone?.Id).replace('/hostedzone/', '')
  const queueUrl = wanted('queue', (await clients.sqs.send(new CreateQueueCommand({ QueueName: 'cell-1-deliveries' }))).QueueUrl)
  const machine = { name: MACHINE.name, definition: JSON.stringify(MACHINE.definition), roleArn: ROLE }
  const { stateMachineArn } = await clients.states.send(new CreateStateMachineCommand(machine))
  const { index, ...shape } = TABLE_SHAPE
  await clients.dynamodb.send(
    new CreateTableCommand({ TableName: TABLE, BillingMode: 'PAY_PER_REQUEST', ...shape, GlobalSecondaryIndexes: [index] }),
  )
  return { ...clients, vpcId, zoneId, queueUrl, machineArn: wanted('machine', stateMachineArn), said: new Map() }
}
