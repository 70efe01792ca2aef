import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { systemClock } from '../shared/platform/clock.ts'
import { readEnv } from '../shared/platform/env.ts'
import { jsonLog } from '../shared/platform/log.ts'
import { messageQueue } from '../shared/platform/queue.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import { dispatch, type OutboxDeps, publish } from '../shared/webhooks/outbox.ts'
import { AskedDelivery, EventItem } from '../shared/webhooks/record.ts'
import { streamHandler } from './edge/stream.ts'

/** What the stream shows this function: events, and deliveries that the API asked for. */
const image = z.union([EventItem.transform((event) => ({ event })), AskedDelivery.transform((delivery) => ({ delivery }))])

export function createHandler(overrides: Partial<OutboxDeps> = {}) {
  const env = readEnv('outbox')
  const { under } = tableClients()
  const deps: OutboxDeps = {
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    queue: messageQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), env.DELIVERY_QUEUE_URL),
    clock: systemClock,
    log: jsonLog({ function: 'outbox', cell: env.CELL }),
    ...overrides,
  }
  return streamHandler({
    log: deps.log,
    image,
    group: ({ pk }) => pk,
    handle: (item) => ('event' in item ? publish(deps, item.event) : dispatch(deps, item.delivery)),
  })
}

export const handler = createHandler()
