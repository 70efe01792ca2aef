import { join } from 'node:path'
import * as z from 'zod'
import { durableMap } from '../store/durable-map.ts'
import type { Dynamo } from './dynamo.ts'
import { type MappingDeps, runMapping, type StreamMapping } from './stream-mapping.ts'

export interface StreamMappingsOptions extends Omit<MappingDeps, 'checkpoints'> {
  mappings: StreamMapping[]
  dynamo: Pick<Dynamo, 'stream' | 'onWrite'>
  dataDir?: string | undefined
}

function tableOf(eventSourceArn: string): string {
  const table = /:table\/([^/]+)\/stream\//.exec(eventSourceArn)?.[1]
  if (!table) throw new Error(`${eventSourceArn} is no stream of a table`)
  return table
}

/**
 * Reads tables' streams into functions: in order, at least once, each mapping by itself and from where it was.
 * @throws Error for a filter that the local model does not know, or a table without a stream
 */
export function createStreamMappings(options: StreamMappingsOptions): { stop(): void } {
  const { mappings, dynamo, dataDir } = options
  for (const { id, onFailureArn } of mappings) {
    if (onFailureArn && !options.sendFailure) throw new Error(`${id} has an on-failure destination, and nothing sends to ${onFailureArn}`)
  }
  const checkpoints = durableMap(dataDir && join(dataDir, 'stream-checkpoints.jsonl'), z.string())
  const deps = { ...options, checkpoints }
  const running = mappings.map((mapping) => runMapping(mapping, dynamo.stream(tableOf(mapping.eventSourceArn)), deps))
  const cancel = dynamo.onWrite(() => {
    for (const mapping of running) mapping.wake()
  })
  return {
    stop: () => {
      cancel()
      for (const mapping of running) mapping.stop()
    },
  }
}
