import * as z from 'zod'
import { type JsonOperation, operation } from '../aws/json-protocol.ts'
import { AwsError } from '../aws/service.ts'
import type { Timers } from '../timers.ts'
import { eachEntry, entries } from './batch.ts'
import { invalidReceipt, invalidValue, noSuchQueue, notInFlight } from './errors.ts'
import { longPoll } from './long-poll.ts'
import { type Message, md5, type Received, systemAttributes } from './message.ts'
import { isReceipt, type Queue } from './queue.ts'

// Limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_BODY_BYTES = 1024 * 1024
const MAX_DELAY_S = 900
const MAX_VISIBILITY_S = 43_200
const MAX_WAIT_S = 20
const MAX_RECEIVE = 10
/** The characters that XML 1.0 has. */
const BODY = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u

/** @returns milliseconds */
function seconds(value: number | undefined, parameter: string, most: number): number | undefined {
  if (value === undefined) return undefined
  if (!Number.isInteger(value) || value < 0 || value > most) throw invalidValue(value, parameter, `Must be between 0 and ${most}.`)
  return value * 1000
}

function checkBody(body: string): void {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BODY_BYTES} bytes.`,
    )
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.')
  if (!BODY.test(body)) throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.')
}

const received = (message: Received, names: string[]): object => {
  const attributes = Object.entries(systemAttributes(message)).filter(([name]) => names.includes('All') || names.includes(name))
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(attributes.length > 0 ? { Attributes: Object.fromEntries(attributes) } : {}),
  }
}

function queueAttributes({ spec, counts }: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = counts()
  const { redrive } = spec
  return {
    QueueArn: spec.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(spec.visibilityTimeoutMs / 1000),
    DelaySeconds: String(spec.delayMs / 1000),
    MessageRetentionPeriod: String(spec.retentionMs / 1000),
    ...(redrive
      ? { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: redrive.deadLetterArn, maxReceiveCount: redrive.maxReceiveCount }) }
      : {}),
  }
}

const QueueUrl = z.string()
const AttributeNames = z.array(z.string()).default([])
/** Of a standard queue's message: kept and told, and of no other effect, since no consumer here is short of capacity. */
const MessageGroupId = z.string().min(1).max(128).optional()
const Sending = { MessageBody: z.string(), DelaySeconds: z.number().optional(), MessageGroupId }
const Changing = { ReceiptHandle: z.string(), VisibilityTimeout: z.number() }

function send(
  queue: Queue,
  input: { MessageBody: string; DelaySeconds?: number | undefined; MessageGroupId?: string | undefined },
  sender: string,
) {
  checkBody(input.MessageBody)
  const message: Message = queue.send({
    body: input.MessageBody,
    sender,
    group: input.MessageGroupId,
    delayMs: seconds(input.DelaySeconds, 'DelaySeconds', MAX_DELAY_S),
  })
  return { MessageId: message.id, MD5OfMessageBody: md5(message.body) }
}
function remove(queue: Queue, { ReceiptHandle }: { ReceiptHandle: string }): object {
  if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle)
  queue.remove(ReceiptHandle)
  return {}
}
function changeVisibility(
  queue: Queue,
  { ReceiptHandle, VisibilityTimeout }: { ReceiptHandle: string; VisibilityTimeout: number },
): object {
  if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle)
  if (!queue.changeVisibility(ReceiptHandle, seconds(VisibilityTimeout, 'VisibilityTimeout', MAX_VISIBILITY_S) ?? 0)) throw notInFlight()
  return {}
}

const ReceiveInput = z.strictObject({
  QueueUrl,
  MaxNumberOfMessages: z.number().default(1),
  VisibilityTimeout: z.number().optional(),
  WaitTimeSeconds: z.number().optional(),
  AttributeNames,
  MessageSystemAttributeNames: AttributeNames,
})
async function receive(queue: Queue, timers: Timers, input: z.infer<typeof ReceiveInput>): Promise<object> {
  const max = input.MaxNumberOfMessages
  if (max < 1 || max > MAX_RECEIVE) throw invalidValue(max, 'MaxNumberOfMessages', `Must be between 1 and ${MAX_RECEIVE}, if provided.`)
  const take = { max, visibilityMs: seconds(input.VisibilityTimeout, 'VisibilityTimeout', MAX_VISIBILITY_S) }
  const messages = await longPoll(queue, timers, take, seconds(input.WaitTimeSeconds, 'WaitTimeSeconds', MAX_WAIT_S) ?? 0)
  const names = [...input.AttributeNames, ...input.MessageSystemAttributeNames]
  return messages.length > 0 ? { Messages: messages.map((message) => received(message, names)) } : {}
}

/** The calls in use: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function operations(queues: Queue[], timers: Timers): Record<string, JsonOperation> {
  /** By account and name, whatever host the URL names. */
  const at = (url: string): Queue => {
    const path = url.split('/').slice(-2).join('/')
    const queue = queues.find(({ spec }) => spec.url.endsWith(`/${path}`))
    if (!queue) throw noSuchQueue()
    return queue
  }
  return {
    SendMessage: operation(z.strictObject({ QueueUrl, ...Sending }), (input, caller) => send(at(input.QueueUrl), input, caller)),
    SendMessageBatch: operation(z.strictObject({ QueueUrl, Entries: entries(Sending) }), (input, caller) =>
      eachEntry(input.Entries, (entry) => send(at(input.QueueUrl), entry, caller)),
    ),
    ReceiveMessage: operation(ReceiveInput, (input) => receive(at(input.QueueUrl), timers, input)),
    DeleteMessage: operation(z.strictObject({ QueueUrl, ReceiptHandle: z.string() }), (input) => remove(at(input.QueueUrl), input)),
    DeleteMessageBatch: operation(z.strictObject({ QueueUrl, Entries: entries({ ReceiptHandle: z.string() }) }), (input) =>
      eachEntry(input.Entries, (entry) => remove(at(input.QueueUrl), entry)),
    ),
    ChangeMessageVisibility: operation(z.strictObject({ QueueUrl, ...Changing }), (input) => changeVisibility(at(input.QueueUrl), input)),
    GetQueueUrl: operation(z.strictObject({ QueueName: z.string() }), ({ QueueName }) => {
      const queue = queues.find(({ spec }) => spec.name === QueueName)
      if (!queue) throw noSuchQueue()
      return { QueueUrl: queue.spec.url }
    }),
    GetQueueAttributes: operation(z.strictObject({ QueueUrl, AttributeNames }), (input) => {
      const found = Object.entries(queueAttributes(at(input.QueueUrl)))
      const asked = found.filter(([name]) => input.AttributeNames.includes('All') || input.AttributeNames.includes(name))
      return { Attributes: Object.fromEntries(asked) }
    }),
  }
}
