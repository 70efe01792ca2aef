import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'

export interface KeyAttribute {
  name: string
  type: 'S' | 'N' | 'B'
}

/** A table of the template, as far as the local one has to be like it. */
export interface TableSpec {
  name: string
  /** The partition key, then the sort key if there is one. */
  keys: KeyAttribute[]
  indexes: { name: string; keys: KeyAttribute[]; projection: 'ALL' | 'KEYS_ONLY' }[]
  /** Absent: no stream. */
  streamViewType?: 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'KEYS_ONLY'
  timeToLiveAttribute?: string
}

const keySchema = (keys: KeyAttribute[]) => keys.map((key, i) => ({ AttributeName: key.name, KeyType: i === 0 ? 'HASH' : 'RANGE' }))

/** The input of CreateTable. */
export function createTableInput(spec: TableSpec): object {
  const types = new Map([spec, ...spec.indexes].flatMap(({ keys }) => keys.map((key) => [key.name, key.type] as const)))
  const GlobalSecondaryIndexes = spec.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.keys),
    Projection: { ProjectionType: index.projection },
  }))
  return {
    TableName: spec.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: keySchema(spec.keys),
    ...(spec.indexes.length > 0 ? { GlobalSecondaryIndexes } : {}),
    ...(spec.streamViewType ? { StreamSpecification: { StreamEnabled: true, StreamViewType: spec.streamViewType } } : {}),
  }
}

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }))
/** Of DescribeTable's answer, what has to be as the template says. */
export const DescribedTable = z.object({
  Table: z.object({
    KeySchema,
    GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema })).default([]),
    StreamSpecification: z.object({ StreamViewType: z.string().optional() }).optional(),
    LatestStreamArn: z.string().optional(),
  }),
})
export type DescribedTable = z.infer<typeof DescribedTable>

/** Kept data may come from an older template: its table cannot be turned into another one. */
export function refuseOther(spec: TableSpec, { Table }: DescribedTable): void {
  const indexes = (list: { name: string; keys: object[] }[]) => Object.fromEntries(list.map((index) => [index.name, index.keys]))
  const found = {
    keys: Table.KeySchema,
    indexes: indexes(Table.GlobalSecondaryIndexes.map((index) => ({ name: index.IndexName, keys: index.KeySchema }))),
    stream: Table.StreamSpecification?.StreamViewType,
  }
  const wanted = {
    keys: keySchema(spec.keys),
    indexes: indexes(spec.indexes.map((index) => ({ name: index.name, keys: keySchema(index.keys) }))),
    stream: spec.streamViewType,
  }
  if (isDeepStrictEqual(found, wanted)) return
  throw new Error(
    `the kept data has a table ${spec.name} with other keys, indexes or stream than the template: start with an empty directory`,
  )
}
