import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { type Call, remember, said } from './call.ts'
import type { World } from './worlds.ts'

const send =
  (over: object = {}) =>
  ({ sqs, queueUrl }: World) =>
    sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{"delivery":1}', ...over }))
const receive =
  (over: object = {}) =>
  async (world: World) => {
    const asked = {
      QueueUrl: world.queueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount' as const],
      ...over,
    }
    return remember(
      world,
      'receipt',
      await world.sqs.send(new ReceiveMessageCommand(asked)),
      ({ Messages }) => Messages?.[0]?.ReceiptHandle,
    )
  }
const drop =
  (over: object = {}) =>
  (world: World) =>
    world.sqs.send(new DeleteMessageCommand({ QueueUrl: world.queueUrl, ReceiptHandle: said(world, 'receipt'), ...over }))
const NOWHERE = { QueueUrl: 'http://127.0.0.1/123456789012/nowhere' }

export const sqsCalls: Call[] = [
  { what: 'receive from an empty queue', operation: 'sqs:ReceiveMessage', send: receive() },
  { what: 'send a message', operation: 'sqs:SendMessage', send: send() },
  { what: 'receive it', operation: 'sqs:ReceiveMessage', send: receive() },
  { what: 'receive while it is in flight', operation: 'sqs:ReceiveMessage', send: receive() },
  {
    what: 'give it back at once',
    operation: 'sqs:ChangeMessageVisibility',
    send: (world) =>
      world.sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: world.queueUrl, ReceiptHandle: said(world, 'receipt'), VisibilityTimeout: 0 }),
      ),
  },
  { what: 'receive it a second time', operation: 'sqs:ReceiveMessage', send: receive() },
  { what: 'delete it from the queue', operation: 'sqs:DeleteMessage', send: drop() },
  { what: 'delete it from the queue again', operation: 'sqs:DeleteMessage', send: drop() },
  { what: 'delete by what is no receipt', operation: 'sqs:DeleteMessage', send: drop({ ReceiptHandle: 'no receipt' }) },
  { what: 'send with a delay', operation: 'sqs:SendMessage', send: send({ DelaySeconds: 600 }) },
  { what: 'receive while it is delayed', operation: 'sqs:ReceiveMessage', send: receive() },
  { what: 'send with a delay that is too long', operation: 'sqs:SendMessage', send: send({ DelaySeconds: 901 }) },
  { what: 'send in a group, to be fair among tenants', operation: 'sqs:SendMessage', send: send({ MessageGroupId: 'whk_1' }) },
  {
    what: 'receive what was sent in a group',
    operation: 'sqs:ReceiveMessage',
    send: receive({ MessageSystemAttributeNames: ['MessageGroupId'] }),
  },
  { what: 'send nothing', operation: 'sqs:SendMessage', send: send({ MessageBody: '' }) },
  { what: 'send to no queue', operation: 'sqs:SendMessage', send: send(NOWHERE) },
  { what: 'receive from no queue', operation: 'sqs:ReceiveMessage', send: receive(NOWHERE) },
  {
    what: 'ask for the URL of no queue',
    operation: 'sqs:GetQueueUrl',
    send: ({ sqs }) => sqs.send(new GetQueueUrlCommand({ QueueName: 'nowhere' })),
  },
]
