import * as z from 'zod'
import { flag, number, type Resource, readProperties } from './resource.ts'

export interface QueueSpec {
  name: string
  url: string
  arn: string
  visibilityTimeoutMs: number
  delayMs: number
  retentionMs: number
  redrive?: { deadLetterArn: string; maxReceiveCount: number }
}

const reads = {
  DelaySeconds: number.default(0),
  MessageRetentionPeriod: number.default(345_600),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: number }).optional(),
  VisibilityTimeout: number.default(30),
}
const ignores = {
  KmsDataKeyReusePeriodSeconds: 'nothing local is encrypted at rest',
  KmsMasterKeyId: 'nothing local is encrypted at rest',
  QueueName: 'is the identity',
  ReceiveMessageWaitTimeSeconds: 'receivers name their own waiting time',
  SqsManagedSseEnabled: 'nothing local is encrypted at rest',
}

export function readQueues(resources: Resource[]): QueueSpec[] {
  return resources
    .filter((resource) => resource.type === 'AWS::SQS::Queue')
    .map((resource) => {
      const properties = readProperties(resource, reads, ignores)
      const redrive = properties.RedrivePolicy
      return {
        name: resource.attribute('QueueName'),
        url: resource.ref,
        arn: resource.attribute('Arn'),
        visibilityTimeoutMs: properties.VisibilityTimeout * 1000,
        delayMs: properties.DelaySeconds * 1000,
        retentionMs: properties.MessageRetentionPeriod * 1000,
        ...(redrive ? { redrive: { deadLetterArn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount } } : {}),
      }
    })
}

/** A source that a function is fed from: a table's stream or a queue. */
export interface EventSourceSpec {
  /** Stable, for checkpoints. */
  id: string
  sourceArn: string
  functionName: string
  batchSize: number
  batchingWindowMs: number
  startingPosition?: 'TRIM_HORIZON' | 'LATEST'
  /** Of a stream: how often a failing batch is tried again; undefined is until it expires. */
  retryAttempts?: number
  bisectOnError: boolean
  reportBatchItemFailures: boolean
  /** JSON patterns, of which a record must match one. */
  filters: string[]
  maximumConcurrency?: number
  onFailureArn?: string
}

const mappingReads = {
  BatchSize: number.optional(),
  BisectBatchOnFunctionError: flag.default(false),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
  Enabled: flag.default(true),
  EventSourceArn: z.string(),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).default({ Filters: [] }),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumBatchingWindowInSeconds: number.default(0),
  MaximumRetryAttempts: number.optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: number }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
}
const mappingIgnores = {
  MaximumRecordAgeInSeconds: 'a local run is shorter than a day',
  ParallelizationFactor: 'order by item is kept at any factor',
}

/** Enabled event source mappings. */
export function readEventSources(resources: Resource[]): EventSourceSpec[] {
  return resources
    .filter((resource) => resource.type === 'AWS::Lambda::EventSourceMapping')
    .flatMap((resource) => {
      const properties = readProperties(resource, mappingReads, mappingIgnores)
      if (!properties.Enabled) return []
      const isQueue = properties.EventSourceArn.split(':')[2] === 'sqs'
      const retries = properties.MaximumRetryAttempts
      return [
        {
          id: `${resource.stackName}-${resource.logicalId}`,
          sourceArn: properties.EventSourceArn,
          functionName: properties.FunctionName,
          batchSize: properties.BatchSize ?? (isQueue ? 10 : 100),
          batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
          bisectOnError: properties.BisectBatchOnFunctionError,
          reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
          filters: properties.FilterCriteria.Filters.map((filter) => filter.Pattern),
          ...(properties.StartingPosition ? { startingPosition: properties.StartingPosition } : {}),
          ...(retries === undefined || retries < 0 ? {} : { retryAttempts: retries }),
          ...(properties.ScalingConfig ? { maximumConcurrency: properties.ScalingConfig.MaximumConcurrency } : {}),
          ...(properties.DestinationConfig ? { onFailureArn: properties.DestinationConfig.OnFailure.Destination } : {}),
        },
      ]
    })
}
