import { Duration } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { sk } from '../shared/platform/table.ts'
import { deliveringAtOnce } from './concurrency.ts'
import type { CellFunction } from './function.ts'

/**
 * A batch's messages are sent side by side, and the batch is over with the slowest of them. A webhook holds as many as it has
 * slots (shared/webhooks/slots.ts), so that one receiver, or all of one tenant's by default, leave the others half of these.
 */
const DELIVERING = { batchSize: 10, reportBatchItemFailures: true }

const sortKey = (prefix: string) => ({ Keys: { sk: { S: FilterRule.beginsWith(prefix) } } })

/** A batch that fails is halved down to the record at fault, which then goes aside: one bad record never holds a shard for its 24 hours. */
function stream(table: Table, aside: Queue, options: { batchSize: number; retryAttempts: number; filters: object[] }): DynamoEventSource {
  return new DynamoEventSource(table, {
    // LATEST may miss what is written while the mapping is made.
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: options.batchSize,
    maxBatchingWindow: Duration.seconds(0),
    retryAttempts: options.retryAttempts,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    filters: options.filters.map((filter) => FilterCriteria.filter(filter)),
    onFailure: new SqsDlq(aside),
  })
}

/** Everything that starts a function without being asked over HTTP. */
export function wakes(
  scope: Construct,
  props: {
    functions: Record<'wake' | 'sweep' | 'outbox' | 'deliver' | 'orphans', CellFunction>
    table: Table
    deliveries: Queue
    undeliverable: Queue
    clusterArn: string
    concurrentExecutions?: number | undefined
  },
): void {
  const { functions, table, undeliverable } = props

  // Clusters nobody works on: what a lease holder writes is not news to it.
  const idleCluster = {
    eventName: FilterRule.or('INSERT', 'MODIFY'),
    dynamodb: { ...sortKey('CLUSTER#'), NewImage: { lease_holder: { S: FilterRule.notExists() } } },
  }
  functions.wake.addEventSource(stream(table, undeliverable, { batchSize: 100, retryAttempts: 5, filters: [idleCluster] }))
  const newEvent = { eventName: FilterRule.isEqual('INSERT'), dynamodb: sortKey('EVT#') }
  // What the API asks to be sent: the mark goes with the first attempt.
  const askedDelivery = {
    eventName: FilterRule.or('INSERT', 'MODIFY'),
    dynamodb: { ...sortKey(sk.allDeliveries), NewImage: { asked_at: { S: FilterRule.exists() } } },
  }
  // One batch of a shard at a time. Order would allow for more, but all events of a tenant get their numbers from one counter, and its
  // batches would only be in each other's way there (shared/webhooks/feed.ts).
  const outbox = { batchSize: 100, retryAttempts: 50, filters: [newEvent, askedDelivery] }
  functions.outbox.addEventSource(stream(table, undeliverable, outbox))
  functions.deliver.addEventSource(
    new SqsEventSource(props.deliveries, { ...DELIVERING, maxConcurrency: deliveringAtOnce(props.concurrentExecutions) }),
  )

  // What reached a function and failed there: a hint is old after minutes, and the next minute sweeps again.
  const onFailure = new SqsDestination(undeliverable)
  functions.wake.configureAsyncInvoke({ onFailure, retryAttempts: 2, maxEventAge: Duration.minutes(5) })
  functions.sweep.configureAsyncInvoke({ onFailure, retryAttempts: 0, maxEventAge: Duration.minutes(1) })
  new Rule(scope, 'TaskStateChange', {
    description: 'A node came up or is gone: a hint to look',
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: { clusterArn: [props.clusterArn], lastStatus: ['RUNNING', 'STOPPED'] },
    },
    targets: [new LambdaFunction(functions.wake, { retryAttempts: 3, maxEventAge: Duration.minutes(5), deadLetterQueue: undeliverable })],
  })
  new Rule(scope, 'EveryMinute', {
    description: 'Looks for what is due, should every hint have been lost',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(functions.sweep, { retryAttempts: 0, maxEventAge: Duration.minutes(1), deadLetterQueue: undeliverable })],
  })
  functions.orphans.configureAsyncInvoke({ onFailure, retryAttempts: 0, maxEventAge: Duration.hours(1) })
  new Rule(scope, 'EveryDay', {
    description: 'Compares what is on AWS with what the table knows, and only tells: what the schedule sends asks for no repair',
    schedule: Schedule.rate(Duration.days(1)),
    targets: [new LambdaFunction(functions.orphans, { retryAttempts: 0, maxEventAge: Duration.hours(1), deadLetterQueue: undeliverable })],
  })
}
