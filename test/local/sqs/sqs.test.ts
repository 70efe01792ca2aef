import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { type HandTurnedTimers, handTurnedTimers } from '../fixtures/hand-turned-timers.ts'
import { type GivenSqs, givenSqs } from './given.ts'

let timers: HandTurnedTimers
let given: GivenSqs
let dir: string
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sqs-'))
  timers = handTurnedTimers(1_000_000)
  given = await givenSqs(timers, dir)
})
afterEach(async () => {
  await given.stop()
  rmSync(dir, { recursive: true })
})

const send = (MessageBody: string, DelaySeconds?: number) =>
  given.client.send(new SendMessageCommand({ QueueUrl: given.url, MessageBody, ...(DelaySeconds ? { DelaySeconds } : {}) }))
const receive = async (options: object = {}, QueueUrl = given.url): Promise<Message[]> =>
  (await given.client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...options }))).Messages ?? []
const bodies = async (...args: Parameters<typeof receive>): Promise<unknown[]> => (await receive(...args)).map(({ Body }) => Body)
const remove = ({ ReceiptHandle }: Message) => given.client.send(new DeleteMessageCommand({ QueueUrl: given.url, ReceiptHandle }))
const counts = async () => {
  const names = ['', 'NotVisible', 'Delayed'].map((kind) => `ApproximateNumberOfMessages${kind}` as const)
  const asked = new GetQueueAttributesCommand({ QueueUrl: given.url, AttributeNames: ['All'] })
  const attributes = new Map(Object.entries((await given.client.send(asked)).Attributes ?? {}))
  return names.map((name) => attributes.get(name))
}

describe('the local SQS', () => {
  it('hands over what was sent, with checksums that the SDK accepts, until it is deleted', async () => {
    const { MessageId } = await send('{"a":"ä"}')
    const [message] = await receive({ MessageSystemAttributeNames: ['All'] })
    expect(message).toMatchObject({
      MessageId,
      Body: '{"a":"ä"}',
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1000000',
        SenderId: 'outbox',
        ApproximateFirstReceiveTimestamp: '1000000',
      },
    })
    await remove(message ?? {})
    await timers.advance(60_000)
    expect(await receive()).toEqual([])
    expect(await counts()).toEqual(['0', '0', '0'])
  })

  it('shows a message again when its visibility timeout is over, and moves it after too many receives', async () => {
    await send('poison')
    expect(await bodies()).toEqual(['poison'])
    expect(await bodies()).toEqual([])
    expect(await counts()).toEqual(['0', '1', '0'])
    await timers.advance(30_000)
    expect(await bodies()).toEqual(['poison'])
    await timers.advance(30_000)
    expect(await bodies()).toEqual([])
    expect(await bodies({}, given.url.replace('deliveries', 'dead'))).toEqual(['poison'])
  })

  it('holds a message back for its delay', async () => {
    await send('later', 900)
    expect(await counts()).toEqual(['0', '0', '1'])
    await timers.advance(899_000)
    expect(await bodies()).toEqual([])
    await timers.advance(1000)
    expect(await bodies()).toEqual(['later'])
  })

  it('lets the holder of the latest receipt alone decide', async () => {
    await send('a')
    const [first] = await receive({ VisibilityTimeout: 1 })
    await timers.advance(1000)
    const [second] = await receive()
    await remove(first ?? {})
    const change = (message: Message | undefined, VisibilityTimeout: number) =>
      given.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: given.url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }),
      )
    await expect(change(first, 5)).rejects.toMatchObject({ name: 'MessageNotInflight' })
    await change(second, 40)
    await timers.advance(39_000)
    expect(await counts()).toEqual(['0', '1', '0'])
    await change(second, 0)
    expect(await counts()).toEqual(['1', '0', '0'])
  })

  it('wakes a long poll with the message it waited for, and ends it in vain', async () => {
    const waiting = bodies({ WaitTimeSeconds: 20 })
    await send('now')
    expect(await waiting).toEqual(['now'])
    const vain = bodies({ WaitTimeSeconds: 20 })
    while (timers.pending() < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    await timers.advance(20_000)
    expect(await vain).toEqual([])
  })

  it('does batches entry by entry', async () => {
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id }))
    const sent = await given.client.send(
      new SendMessageBatchCommand({ QueueUrl: given.url, Entries: [...Entries, { Id: 'c', MessageBody: 'c', DelaySeconds: 901 }] }),
    )
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'b'])
    expect(sent.Failed).toMatchObject([{ Id: 'c', Code: 'InvalidParameterValue', SenderFault: true }])
    const messages = await receive()
    const gone = messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
    await given.client.send(new DeleteMessageBatchCommand({ QueueUrl: given.url, Entries: gone }))
    expect(await counts()).toEqual(['0', '0', '0'])
    const twice = given.client.send(new SendMessageBatchCommand({ QueueUrl: given.url, Entries: [...Entries, ...Entries] }))
    await expect(twice).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' })
  })

  it('refuses what SQS refuses, and by name what it has no model of', async () => {
    const other = given.url.replace('deliveries', 'other')
    await expect(receive({}, other)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
    await expect(send('a', 901)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(send('\u0000')).rejects.toMatchObject({ name: 'InvalidMessageContents' })
    await expect(send('x'.repeat(1024 * 1024 + 1))).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(remove({ ReceiptHandle: 'x' })).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' })
    await expect(given.client.send(new CreateQueueCommand({ QueueName: 'x' }))).rejects.toThrow('CreateQueue')
    const deduplicated = new SendMessageCommand({ QueueUrl: given.url, MessageBody: 'a', MessageDeduplicationId: 'd' })
    await expect(given.client.send(deduplicated)).rejects.toThrow('MessageDeduplicationId')
    expect((await given.client.send(new GetQueueUrlCommand({ QueueName: 'deliveries' }))).QueueUrl).toBe(given.url)
  })

  it('keeps messages, delays and receipts over a restart', async () => {
    await send('waiting', 60)
    await send('held')
    const [held] = await receive()
    await given.stop()
    given = await givenSqs(timers, dir)
    expect(await counts()).toEqual(['0', '1', '1'])
    await remove(held ?? {})
    await timers.advance(60_000)
    expect(await bodies()).toEqual(['waiting'])
  })

  it('forgets what nobody took for as long as the queue keeps messages', async () => {
    await send('old')
    await timers.advance(345_600_000)
    expect(await receive()).toEqual([])
  })
})
