import { join } from 'node:path'
import { jsonService } from '../aws/json-protocol.ts'
import type { AwsService } from '../aws/service.ts'
import { durableMap } from '../store/durable-map.ts'
import type { QueueSpec } from '../template/queues.ts'
import type { Timers } from '../timers.ts'
import { queryError } from './errors.ts'
import { Message } from './message.ts'
import { operations } from './operations.ts'
import { createQueue, type Queue } from './queue.ts'

export interface SqsOptions {
  queues: QueueSpec[]
  timers: Timers
  /** Undefined keeps messages in memory. */
  dataDir?: string | undefined
}

export interface Sqs {
  readonly service: AwsService
  /** @throws for an arn that the template has not. */
  queue(arn: string): Queue
  stop(): void
}

function withQueryErrors(service: AwsService): AwsService {
  return {
    signingName: service.signingName,
    handle: async (request) => {
      const answer = await service.handle(request)
      const code = answer.headers['x-amzn-errortype']
      return code === undefined ? answer : { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': queryError(code) } }
    },
  }
}

/** The template's standard queues. */
export function createSqs({ queues: specs, timers, dataDir }: SqsOptions): Sqs {
  const queues = new Map<string, Queue>()
  const queue = (arn: string): Queue => {
    const found = queues.get(arn)
    if (!found) throw new Error(`the template has no queue ${arn}`)
    return found
  }
  for (const spec of specs) {
    const messages = durableMap(dataDir && join(dataDir, `queue-${spec.name}.jsonl`), Message)
    queues.set(spec.arn, createQueue(spec, { timers, messages, deadLetters: queue }))
  }
  for (const { redrive } of specs) if (redrive) queue(redrive.deadLetterArn)
  return {
    service: withQueryErrors(jsonService('sqs', 'AmazonSQS', operations([...queues.values()], timers))),
    queue,
    stop: () => {
      for (const each of queues.values()) each.stop()
    },
  }
}
