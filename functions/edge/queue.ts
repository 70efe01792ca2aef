import * as z from 'zod'
import type { Log } from '../../shared/platform/log.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const QueueEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) })

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

export interface QueueReader<T> {
  log: Log
  /** What a message must be. One that is not can never be handled: it is logged and acknowledged. */
  message: z.ZodType<T>
  handle: (message: T) => Promise<void>
}

/** A function behind a queue: a batch's messages side by side; those that fail are reported, and come again. */
export const queueHandler = <T>(reader: QueueReader<T>) => {
  const body = json.pipe(reader.message)
  const succeeds = async (record: { messageId: string; body: string }): Promise<boolean> => {
    const message = body.safeParse(record.body)
    if (!message.success) {
      reader.log.error('a message cannot be handled', message.error, { message_id: record.messageId })
      return true
    }
    try {
      await reader.handle(message.data)
      return true
    } catch (error) {
      reader.log.error('a message failed and will come again', error, { message_id: record.messageId })
      return false
    }
  }
  return async (event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
    const { Records } = QueueEvent.parse(event)
    const done = await Promise.all(Records.map(succeeds))
    return { batchItemFailures: Records.filter((_, index) => !done[index]).map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}
