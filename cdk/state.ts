import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { DUE_INDEX } from '../shared/platform/table.ts'
import type { CellConfig } from './config.ts'
import { customerKey, encryptQueue, encryptTable } from './customer-key.ts'
import { FUNCTION_SIZES } from './function-sizes.ts'

/** What the cell remembers: one table, and the queue of webhook deliveries. */
export class State extends Construct {
  readonly table: Table
  readonly deliveries: Queue
  readonly undeliverable: Queue
  /** The account's own, where one is wanted. */
  readonly key: Key | undefined

  constructor(scope: Construct, id: string, config: CellConfig) {
    super(scope, id)
    const { cell } = config
    this.table = new Table(this, 'Table', {
      tableName: cell,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // A key that AWS owns: one of the account's would be asked, and paid for, with every minute's sweep. `customerKey` is for who wants that.
      encryption: TableEncryption.DEFAULT,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expires',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX,
      partitionKey: { name: 'due_pk', type: AttributeType.STRING },
      sortKey: { name: 'due_at', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    })

    this.undeliverable = new Queue(this, 'Undeliverable', {
      queueName: `${cell}-undeliverable`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    this.deliveries = new Queue(this, 'Deliveries', {
      queueName: `${cell}-deliveries`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(FUNCTION_SIZES.deliver.timeoutSeconds * 6),
      deadLetterQueue: { queue: this.undeliverable, maxReceiveCount: 5 },
    })
    if (!config.customerKey) return
    this.key = customerKey(this, cell)
    encryptTable(this.table, this.key)
    for (const queue of [this.deliveries, this.undeliverable]) encryptQueue(queue, this.key)
  }
}
