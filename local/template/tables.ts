import * as z from 'zod'
import { flag, type Resource, readProperties } from './resource.ts'

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
const Projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
})

export interface TableSpec {
  name: string
  arn: string
  /** As `CreateTable` takes them. */
  attributes: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[]
  keys: z.infer<typeof KeySchema>
  indexes: { name: string; keys: z.infer<typeof KeySchema>; projection: z.infer<typeof Projection> }[]
  /** Of the stream, when there is one. */
  streamViewType?: string
  streamArn: string
  ttlAttribute?: string
}

const reads = {
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema,
        Projection,
        ProvisionedThroughput: z.unknown().optional(),
        OnDemandThroughput: z.unknown().optional(),
      }),
    )
    .default([]),
  KeySchema,
  StreamSpecification: z.strictObject({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: flag }).optional(),
}
const ignores = {
  BillingMode: 'nothing is billed',
  ContributorInsightsSpecification: 'there are no metrics',
  DeletionProtectionEnabled: 'nothing deletes a table here',
  OnDemandThroughput: 'capacity is not limited',
  PointInTimeRecoverySpecification: 'there are no table backups',
  ProvisionedThroughput: 'capacity is not limited',
  SSESpecification: 'nothing local is encrypted at rest',
  TableName: 'is the identity',
}
/** Of a global table only: with one replica it is a table, and more are refused. */
const globalReads = { ...reads, Replicas: z.array(z.unknown()).length(1, { error: 'must be one region: nothing replicates locally' }) }
const globalIgnores = { ...ignores, WriteOnDemandThroughputSettings: 'capacity is not limited' }

function tableSpec(resource: Resource, properties: z.infer<z.ZodObject<typeof reads>>): TableSpec {
  const ttl = properties.TimeToLiveSpecification
  const stream = properties.StreamSpecification
  return {
    name: resource.ref,
    arn: resource.attribute('Arn'),
    streamArn: resource.attribute('StreamArn'),
    attributes: properties.AttributeDefinitions,
    keys: properties.KeySchema,
    indexes: properties.GlobalSecondaryIndexes.map((index) => ({
      name: index.IndexName,
      keys: index.KeySchema,
      projection: index.Projection,
    })),
    ...(stream ? { streamViewType: stream.StreamViewType } : {}),
    ...(ttl?.Enabled ? { ttlAttribute: ttl.AttributeName } : {}),
  }
}

export function readTables(resources: Resource[]): TableSpec[] {
  return resources.flatMap((resource) => {
    if (resource.type === 'AWS::DynamoDB::Table') return [tableSpec(resource, readProperties(resource, reads, ignores))]
    if (resource.type === 'AWS::DynamoDB::GlobalTable') return [tableSpec(resource, readProperties(resource, globalReads, globalIgnores))]
    return []
  })
}
