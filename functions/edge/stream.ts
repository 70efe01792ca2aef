import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as z from 'zod'
import type { Log } from '../../shared/platform/log.ts'

const image = z
  .record(
    z.string(),
    z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
  )
  .transform((attributes): unknown => unmarshall(attributes))

const StreamRecord = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    Keys: image.pipe(z.object({ pk: z.string(), sk: z.string() })),
    NewImage: image.optional(),
  }),
})
type StreamRecord = z.infer<typeof StreamRecord>
/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const StreamEvent = z.object({ Records: z.array(StreamRecord) })

/** Lambda goes on from the lowest of these, with everything after it, handled or not: handlers must not mind repetition. */
export interface BatchFailures {
  batchItemFailures: { itemIdentifier: string }[]
}

export interface StreamReader<T> {
  log: Log
  /** What a new image must be. One that is not can never be handled: it is logged and passed over, or it would block the shard. */
  image: z.ZodType<T>
  handle: (item: T) => Promise<void>
  /** Records of one group are handled one after another, in order, up to the first that fails; groups side by side. */
  group: (keys: { pk: string; sk: string }) => string
}

async function handleGroup<T>(reader: StreamReader<T>, records: StreamRecord[]): Promise<string[]> {
  for (const [index, { dynamodb }] of records.entries()) {
    const item = reader.image.safeParse(dynamodb.NewImage)
    if (!item.success) {
      reader.log.error('a stream record cannot be handled', item.error, { ...dynamodb.Keys })
      continue
    }
    try {
      await reader.handle(item.data)
    } catch (error) {
      reader.log.error('a stream record failed and will come again', error, { ...dynamodb.Keys })
      return records.slice(index).map((record) => record.dynamodb.SequenceNumber)
    }
  }
  return []
}

/** A function behind the table's stream: reports what failed record by record. */
export const streamHandler =
  <T>(reader: StreamReader<T>) =>
  async (event: unknown): Promise<BatchFailures> => {
    const groups = Map.groupBy(StreamEvent.parse(event).Records, (record) => reader.group(record.dynamodb.Keys))
    const failed = await Promise.all([...groups.values()].map((records) => handleGroup(reader, records)))
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) }
  }
