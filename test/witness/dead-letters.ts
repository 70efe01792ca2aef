import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { until } from '../support/until.ts'
import { clientConfig } from './aws.ts'
import type { WitnessCell } from './cell.ts'

const queueUrl = ({ deployed }: WitnessCell, end: string): string => {
  const found = deployed.resources.find(
    ({ ResourceType, PhysicalResourceId }) => ResourceType === 'AWS::SQS::Queue' && PhysicalResourceId.endsWith(end),
  )
  if (!found) throw new Error(`no queue's name ends in ${end}`)
  return found.PhysicalResourceId
}

/** The first message that `wanted` takes for its own; others are put aside too. */
async function awaitDead(cell: WitnessCell, sqs: SQSClient, wanted: (body: string) => boolean): Promise<string> {
  const QueueUrl = queueUrl(cell, '-undeliverable')
  return until('it is in the dead-letter queue', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }))
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    return Messages.map(({ Body = '' }) => Body).find(wanted)
  })
}

/** With its mapping off, since that would take it as well. */
export async function undeletedMessage(cell: WitnessCell) {
  const config = clientConfig(cell.target.url, cell.target.region)
  const sqs = new SQSClient(config)
  const lambda = new LambdaClient(config)
  const QueueUrl = queueUrl(cell, '-deliveries')
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'cell-1-deliver' }))
  for (const { UUID } of EventSourceMappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
  const body = `witness ${crypto.randomUUID()}`
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
  let receives = 0
  const receive = async (): Promise<true | undefined> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }))
    if (Messages.some(({ Body }) => Body === body)) receives += 1
    return Messages.length === 0 ? true : undefined
  }
  await until('it is not received any more', receive)
  await awaitDead(cell, sqs, (dead) => dead === body)
  if (receives !== 5) throw new Error(`received ${receives} times before it was put aside, in place of 5`)
  return { seen: 'received 5 times, then in the dead-letter queue', found: true }
}
