import { failedItems } from '../aws/batch-failures.ts'
import type { Lambda } from '../lambda/lambda.ts'
import type { EventSourceSpec } from '../template/queues.ts'
import type { Timers } from '../timers.ts'
import { md5, type Received, systemAttributes } from './message.ts'
import { type PatientInvoke, patientInvoke } from './patient-invoke.ts'
import type { Queue } from './queue.ts'
import type { Sqs } from './sqs.ts'

export interface QueueMappingsOptions {
  /** Those of the template; only those on a queue are taken up here. */
  eventSources: EventSourceSpec[]
  sqs: Pick<Sqs, 'queue'>
  invoke: Lambda['invoke']
  timers: Timers
  onError: (error: unknown) => void
}

/** Batches at once where the template sets no bound. Lambda begins with five and grows to a thousand. */
const CONCURRENCY = 20

const isQueue = ({ sourceArn }: EventSourceSpec): boolean => sourceArn.split(':')[2] === 'sqs'

function refuseUnknown(mapping: EventSourceSpec): void {
  const refuse = (what: string): never => {
    throw new Error(`event source ${mapping.id}: the local model of a queue has no ${what}`)
  }
  if (mapping.filters.length > 0) refuse('FilterCriteria')
  if (mapping.batchingWindowMs > 0) refuse('batching window')
  if (mapping.onFailureArn) refuse('on-failure destination: a queue has a redrive policy')
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function eventRecord(arn: string, message: Received): object {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: {},
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: arn.split(':')[3],
  }
}

/** Ids of the messages that stay in the queue, to come again when their visibility timeout is over. */
async function failures(
  mapping: EventSourceSpec,
  messages: Received[],
  { invoke, onError }: Pick<PatientInvoke, 'invoke'> & Pick<QueueMappingsOptions, 'onError'>,
): Promise<string[]> {
  const ids = messages.map((message) => message.id)
  try {
    const event = { Records: messages.map((message) => eventRecord(mapping.sourceArn, message)) }
    const hiddenUntil = Math.min(...messages.map(({ visibleAt }) => visibleAt))
    const answer = await invoke(mapping.functionName, event, hiddenUntil)
    if (answer.functionError) throw new Error(`${mapping.functionName}: ${answer.functionError}: ${JSON.stringify(answer.payload)}`)
    return mapping.reportBatchItemFailures ? failedItems(answer.payload, ids) : []
  } catch (error) {
    onError(error)
    return ids
  }
}

/** Batches run side by side: a slow one holds up nobody else's messages. One that waits for a throttled function keeps its place. */
function pump(mapping: EventSourceSpec, queue: Queue, options: QueueMappingsOptions): () => void {
  const most = mapping.maximumConcurrency ?? CONCURRENCY
  const { invoke, stop } = patientInvoke(options)
  let active = 0
  let alive = true
  // What a stop broke off is no error: the messages come again.
  const onError = (error: unknown): void => {
    if (alive) options.onError(error)
  }
  async function run(messages: Received[]): Promise<void> {
    const failed = await failures(mapping, messages, { invoke, onError })
    if (!alive) return
    for (const message of messages) if (!failed.includes(message.id)) queue.remove(message.receipt)
  }
  function fill(): void {
    while (alive && active < most) {
      const messages = queue.take({ max: mapping.batchSize, byMapping: true })
      if (messages.length === 0) return
      active += 1
      void run(messages).finally(() => {
        active -= 1
        fill()
      })
    }
  }
  const cancel = queue.onReady(fill)
  fill()
  return () => {
    alive = false
    cancel()
    stop()
  }
}

/**
 * Hands queues' messages to functions as they come.
 * @throws Error for a setting that the local model does not know
 */
export function createQueueMappings(options: QueueMappingsOptions): { stop(): void } {
  const mappings = options.eventSources.filter(isQueue)
  for (const mapping of mappings) refuseUnknown(mapping)
  const pumps = mappings.map((mapping) => {
    const queue = options.sqs.queue(mapping.sourceArn)
    queue.release()
    return pump(mapping, queue, options)
  })
  return {
    stop: () => {
      for (const stop of pumps) stop()
    },
  }
}
