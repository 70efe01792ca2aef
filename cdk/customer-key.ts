import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnTable, type Table } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { CfnQueue, type Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

const USES = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey']

/**
 * The account's own key for the table, the queues and the logs. Whoever may use the table or a queue may use the key through it, as
 * with the keys that AWS manages, so that a role says what it may do in one place: its rights to the table and the queues.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export function customerKey(scope: Construct, cell: string): Key {
  const { account, region, partition } = Stack.of(scope)
  const key = new Key(scope, 'Key', {
    alias: cell,
    description: `Table, queues and logs of ${cell}`,
    enableKeyRotation: true,
    // Without it what it encrypted can never be read again.
    removalPolicy: RemovalPolicy.RETAIN,
  })
  const through = ['dynamodb', 'sqs'].map((service) => `${service}.${region}.amazonaws.com`)
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [...USES, 'kms:CreateGrant'],
      resources: ['*'],
      conditions: { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': through } },
    }),
  )
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: USES,
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` } },
    }),
  )
  // Puts events aside that reached no function: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  )
  return key
}

/** Past the construct, which would let every role at the key that it lets at the table. */
export function encryptTable({ node }: Table, key: Key): void {
  if (!(node.defaultChild instanceof CfnTable)) throw new Error(`${node.path} is made in a way that is not known`)
  node.defaultChild.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: key.keyArn }
}

/** As `encryptTable`; asks for the key once an hour at most. */
export function encryptQueue({ node }: Queue, key: Key): void {
  if (!(node.defaultChild instanceof CfnQueue)) throw new Error(`${node.path} is made in a way that is not known`)
  node.defaultChild.sqsManagedSseEnabled = undefined
  node.defaultChild.kmsMasterKeyId = key.keyArn
  node.defaultChild.kmsDataKeyReusePeriodSeconds = 3600
}
