import { createHash } from 'node:crypto'
import * as z from 'zod'

/** A message as it is kept. Times are epoch milliseconds. */
export const Message = z.object({
  id: z.string(),
  body: z.string(),
  sender: z.string(),
  /** Whose it is, where many share a queue. */
  group: z.string().optional(),
  sentAt: z.number(),
  /** Delayed or in flight until then. */
  visibleAt: z.number(),
  receives: z.int(),
  firstReceivedAt: z.number().optional(),
  /** Of the latest receive: only its holder may delete the message or change its visibility. */
  receipt: z.string().optional(),
  /** In the hands of a mapping of this process, which a restart ends. */
  heldByMapping: z.boolean().optional(),
})
export type Message = z.infer<typeof Message>

/** One that was received: it has a receipt. */
export type Received = Message & { receipt: string }

export const md5 = (body: string): string => createHash('md5').update(body).digest('hex')

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const systemAttributes = (message: Message): Record<string, string> => ({
  ApproximateReceiveCount: String(message.receives),
  SentTimestamp: String(message.sentAt),
  SenderId: message.sender,
  ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
  ...(message.firstReceivedAt === undefined ? {} : { ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt) }),
})
