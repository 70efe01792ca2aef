import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** What SQS can hold a message back for; later ones wait in the due index. */
export const MAX_QUEUE_DELAY_MS = 900_000

export interface Queue {
  /** `delayMs` up to MAX_QUEUE_DELAY_MS, rounded up to whole seconds. */
  send(message: object, delayMs?: number): Promise<void>
}

/**
 * A standard SQS queue. Give the client `useQueueUrlAsEndpoint: false`: otherwise its first call leaves the endpoint
 * it was configured with for the queue's URL.
 */
export const messageQueue = (sqs: SQSClient, queueUrl: string): Queue => ({
  send: async (message, delayMs = 0) => {
    const DelaySeconds = Math.ceil(delayMs / 1000)
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message), DelaySeconds }))
  },
})
