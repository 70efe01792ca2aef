import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { TableSpec } from '../template/tables.ts'

/** The input of CreateTable. */
export function createTableInput(spec: TableSpec): object {
  const GlobalSecondaryIndexes = spec.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: index.keys,
    Projection: index.projection,
  }))
  return {
    TableName: spec.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: spec.attributes,
    KeySchema: spec.keys,
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
    keys: spec.keys,
    indexes: indexes(spec.indexes.map((index) => ({ name: index.name, keys: index.keys }))),
    stream: spec.streamViewType,
  }
  if (isDeepStrictEqual(found, wanted)) return
  throw new Error(
    `the kept data has a table ${spec.name} with other keys, indexes or stream than the template: start with an empty directory`,
  )
}
