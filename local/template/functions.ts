import * as z from 'zod'
import type { Assembly } from './assembly.ts'
import { number, type Resource, readProperties } from './resource.ts'

export interface FunctionSpec {
  logicalId: string
  name: string
  arn: string
  /** Directory with the deployed bundle. */
  assetDir: string
  /** `<file>.<export>`. */
  handler: string
  memoryMiB: number
  timeoutMs: number
  environment: Record<string, string>
  /** The arn of the role that it runs under; without one, or with one that is not of the template, AWS is closed to it. */
  role?: string
  /** More at once are refused with TooManyRequestsException. */
  reservedConcurrency?: number
  /** How often an asynchronous invocation is tried again after an error of the function. */
  asyncRetries: number
  /** How old an asynchronous event may become that waits for another try, in milliseconds. */
  asyncMaxAgeMs?: number
  /** The queue that is told of an asynchronous event that was given up. */
  onFailureArn?: string
}

const RUNTIME = 'nodejs24.x'

const reads = {
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()) }).default({ Variables: {} }),
  Handler: z.string(),
  MemorySize: number.default(128),
  ReservedConcurrentExecutions: number.optional(),
  Role: z.string().optional(),
  Runtime: z.literal(RUNTIME, { error: `only ${RUNTIME} runs locally` }),
  Timeout: number.default(3),
}
const ignores = {
  Architectures: 'bundles are JavaScript',
  Description: 'for people',
  FunctionName: 'is the identity',
  LoggingConfig: 'lines go to the sink of the local cloud',
  RuntimeManagementConfig: 'the runtime is the one this process runs on',
  TracingConfig: 'there is no X-Ray',
  VpcConfig: 'loopback addresses are reached from everywhere',
}

const asyncReads = {
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
  FunctionName: z.string(),
  MaximumEventAgeInSeconds: number.optional(),
  MaximumRetryAttempts: number.optional(),
  Qualifier: z.literal('$LATEST'),
}

/** @throws for another runtime, for inline code, or for code that is not an asset of the assembly */
export function readFunctions(resources: Resource[], assembly: Assembly): FunctionSpec[] {
  const asyncConfigs = new Map(
    resources
      .filter((resource) => resource.type === 'AWS::Lambda::EventInvokeConfig')
      .map((resource) => readProperties(resource, asyncReads, {}))
      .map((config) => [config.FunctionName, config]),
  )
  return resources
    .filter((resource) => resource.type === 'AWS::Lambda::Function')
    .map((resource) => {
      const properties = readProperties(resource, reads, ignores)
      const assetDir = assembly.assetDirectory(properties.Code.S3Key)
      if (assetDir === undefined)
        throw new Error(`${resource.type} ${resource.logicalId}: ${properties.Code.S3Key} is no asset of the assembly`)
      const reserved = properties.ReservedConcurrentExecutions
      const asynchronous = asyncConfigs.get(resource.ref)
      const maxAge = asynchronous?.MaximumEventAgeInSeconds
      const onFailureArn = asynchronous?.DestinationConfig?.OnFailure.Destination
      return {
        logicalId: resource.logicalId,
        name: resource.ref,
        arn: resource.attribute('Arn'),
        assetDir,
        handler: properties.Handler,
        memoryMiB: properties.MemorySize,
        timeoutMs: properties.Timeout * 1000,
        environment: properties.Environment.Variables,
        ...(properties.Role === undefined ? {} : { role: properties.Role }),
        ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
        asyncRetries: asynchronous?.MaximumRetryAttempts ?? 2,
        ...(maxAge === undefined ? {} : { asyncMaxAgeMs: maxAge * 1000 }),
        ...(onFailureArn === undefined ? {} : { onFailureArn }),
      }
    })
}
