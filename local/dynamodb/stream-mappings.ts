import { join } from 'node:path'
import * as z from 'zod'
import { durableMap } from '../store/durable-map.ts'
import type { EventSourceSpec } from '../template/queues.ts'
import type { Dynamo } from './dynamo.ts'
import type { MappingDeps } from './stream-delivery.ts'
import { runMapping } from './stream-mapping.ts'

export interface StreamMappingsOptions extends Omit<MappingDeps, 'checkpoints'> {
  /** Those of the template; only those on a table's stream are taken up here. */
  eventSources: EventSourceSpec[]
  dynamo: Pick<Dynamo, 'stream' | 'onWrite'>
  dataDir?: string | undefined
}

const STREAM = /^arn:[^:]+:dynamodb:.*:table\/([^/]+)\/stream\//
const tableOf = (mapping: EventSourceSpec): string => STREAM.exec(mapping.sourceArn)?.[1] ?? ''

/** A setting that the local reader does not follow must not silently do nothing. */
function refuseUnknown(mapping: EventSourceSpec, canTellFailures: boolean): void {
  const refuse = (what: string): never => {
    throw new Error(`event source ${mapping.id}: ${what}`)
  }
  if (mapping.startingPosition !== 'TRIM_HORIZON') refuse(`the local model starts at TRIM_HORIZON, not at ${mapping.startingPosition}`)
  if (mapping.batchingWindowMs > 0) refuse('the local model has no batching window')
  if (mapping.onFailureArn && !canTellFailures) refuse(`nothing sends to its on-failure destination ${mapping.onFailureArn}`)
}

/**
 * Reads tables' streams into functions: in order, at least once, each mapping by itself and on from where it was.
 * @throws Error for a filter or setting that the local model does not know, or a table without a stream
 */
export function createStreamMappings(options: StreamMappingsOptions): { stop(): void } {
  const { dynamo, dataDir } = options
  const mappings = options.eventSources.filter(({ sourceArn }) => STREAM.test(sourceArn))
  for (const mapping of mappings) refuseUnknown(mapping, options.sendFailure !== undefined)
  const checkpoints = durableMap(dataDir && join(dataDir, 'stream-checkpoints.jsonl'), z.string())
  const deps: MappingDeps = { ...options, checkpoints }
  const running = mappings.map((mapping) => runMapping(mapping, dynamo.stream(tableOf(mapping)), deps))
  const wake = (): void => {
    for (const mapping of running) mapping.wake()
  }
  const cancel = dynamo.onWrite(wake)
  wake()
  return {
    stop: () => {
      cancel()
      for (const mapping of running) mapping.stop()
    },
  }
}
