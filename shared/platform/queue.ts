import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** What SQS can hold a message back for; later ones wait in the due index. */
export const MAX_QUEUE_DELAY_MS = 900_000

export interface Queue {
  /** `delayMs` up to MAX_QUEUE_DELAY_MS, rounded up to whole seconds. */
  send(message: { tenant_id: string; [member: string]: unknown }, delayMs?: number): Promise<void>
}

/**
 * A standard SQS queue. Messages of one tenant are a group, so that a tenant with thousands of them keeps nobody else waiting:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html. Give the client `useQueueUrlAsEndpoint: false`: otherwise its first call leaves the endpoint
 * it was configured with for the queue's URL.
 */
export const messageQueue = (sqs: SQSClient, queueUrl: string): Queue => ({
  send: async (message, delayMs = 0) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    const [QueueUrl, MessageBody, MessageGroupId] = [queueUrl, JSON.stringify(message), message.tenant_id]
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, DelaySeconds }))
  },
})
