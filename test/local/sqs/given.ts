import { SQSClient } from '@aws-sdk/client-sqs'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createSqs, type Sqs } from '../../../local/sqs/sqs.ts'
import type { QueueSpec } from '../../../local/template/queues.ts'
import { systemTimers, type Timers } from '../../../local/timers.ts'

export const arnOf = (name: string): string => `arn:aws:sqs:eu-west-1:123456789012:${name}`

export const queueSpec = (name: string, base: string, changes: Partial<QueueSpec> = {}): QueueSpec => ({
  name,
  url: `${base}/123456789012/${name}`,
  arn: arnOf(name),
  visibilityTimeoutMs: 30_000,
  delayMs: 0,
  retentionMs: 345_600_000,
  ...changes,
})

export interface GivenSqs {
  sqs: Sqs
  endpoint: Endpoint
  client: SQSClient
  url: string
  stop(): Promise<void>
}

/** Queue `deliveries`, with `dead` behind it after two receives, and the SDK's client as a function has it. */
export async function givenSqs(timers: Timers = systemTimers, dataDir?: string): Promise<GivenSqs> {
  const endpoint = await startEndpoint()
  const redrive = { deadLetterArn: arnOf('dead'), maxReceiveCount: 2 }
  const queues = [queueSpec('deliveries', endpoint.url, { redrive }), queueSpec('dead', endpoint.url)]
  const sqs = createSqs({ queues, timers, dataDir })
  endpoint.add(sqs.service)
  const credentials = { accessKeyId: 'outbox', secretAccessKey: 'local' }
  const client = new SQSClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
  const stop = async (): Promise<void> => {
    client.destroy()
    sqs.stop()
    await endpoint.stop()
  }
  return { sqs, endpoint, client, url: `${endpoint.url}/123456789012/deliveries`, stop }
}
