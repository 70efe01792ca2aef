import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { DynoxideClient } from './client.ts'

const Image = z.record(z.string(), z.unknown())

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
export const StreamRecord = z.object({
  eventID: z.string(),
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  eventVersion: z.string(),
  dynamodb: z.object({
    ApproximateCreationDateTime: z.number(),
    Keys: Image,
    NewImage: Image.optional(),
    OldImage: Image.optional(),
    SequenceNumber: z.string(),
    SizeBytes: z.number(),
    StreamViewType: z.string(),
  }),
})
export type StreamRecord = z.infer<typeof StreamRecord>

export interface StreamReader {
  /** Up to `limit` records after that sequence number, from the oldest kept one without it; oldest first. */
  read(after: string | undefined, limit: number): Promise<StreamPage>
}
export interface StreamPage {
  records: StreamRecord[]
  /** The last one looked at, which need not be among the records; absent when there was nothing new. */
  last?: string
}

const Described = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) })
const Iterator = z.object({ ShardIterator: z.string() })
const Records = z.object({ Records: z.array(StreamRecord), NextShardIterator: z.string().optional() })

const PREFIX = 'DynamoDBStreams_20120810.'

/** DynamoDB writes no stream record for a write that changed nothing; the embedded table does. */
const isChange = ({ eventName, dynamodb }: StreamRecord): boolean =>
  eventName !== 'MODIFY' || !dynamodb.NewImage || !dynamodb.OldImage || !isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage)

/**
 * One reader's way through a stream. The embedded table has one shard a stream, always open: that it shows an
 * EndingSequenceNumber all the same means nothing.
 */
export function streamReader(client: DynoxideClient, StreamArn: string): StreamReader {
  let shard: string | undefined
  /** Where the next read goes on if nothing went wrong: saves a call. */
  let following: { after: string | undefined; iterator: string } | undefined

  async function onlyShard(): Promise<string> {
    const { Shards } = (await client.call(`${PREFIX}DescribeStream`, { StreamArn }, Described)).StreamDescription
    const [first, ...others] = Shards
    if (!first || others.length > 0) throw new Error(`${StreamArn} has ${Shards.length} shards; the local reader knows one`)
    return first.ShardId
  }
  async function iteratorAfter(after: string | undefined): Promise<string> {
    if (following && following.after === after) return following.iterator
    shard ??= await onlyShard()
    const position =
      after === undefined ? { ShardIteratorType: 'TRIM_HORIZON' } : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }
    return (await client.call(`${PREFIX}GetShardIterator`, { StreamArn, ShardId: shard, ...position }, Iterator)).ShardIterator
  }
  return {
    read: async (after, limit) => {
      const iterator = await iteratorAfter(after)
      following = undefined
      const { Records: found, NextShardIterator } = await client.call(
        `${PREFIX}GetRecords`,
        { ShardIterator: iterator, Limit: limit },
        Records,
      )
      const last = found.at(-1)?.dynamodb.SequenceNumber
      if (NextShardIterator) following = { after: last ?? after, iterator: NextShardIterator }
      return { records: found.filter(isChange), ...(last === undefined ? {} : { last }) }
    },
  }
}
