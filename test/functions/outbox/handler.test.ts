import { marshall } from '@aws-sdk/util-dynamodb'
import { createSqs, type Sqs } from '../../../local/sqs/sqs.ts'
import type { QueueSpec } from '../../../local/template/queues.ts'
import { systemTimers } from '../../../local/timers.ts'
import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { deliveryService } from '../../../shared/webhooks/deliveries.ts'
import { AskedDelivery, type EventItem } from '../../../shared/webhooks/record.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { type Cell, givenCell, givenEvent, givenLog, givenTenant, tableName } from '../../shared/webhooks/given.ts'
import { itemsOf } from '../../shared/webhooks/given-delivery.ts'

const deliveries: QueueSpec = {
  name: 'cell-1-deliveries',
  // As on AWS: a host of its own, which only the endpoint that the client was given leads away from.
  url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/cell-1-deliveries',
  arn: 'arn:aws:sqs:eu-west-1:123456789012:cell-1-deliveries',
  visibilityTimeoutMs: 30_000,
  delayMs: 0,
  retentionMs: 60_000,
}

let cell: Cell
let sqs: Sqs
let createHandler: typeof import('../../../functions/outbox.ts').createHandler
beforeAll(async () => {
  cell = await givenCell()
  sqs = createSqs({ queues: [deliveries], timers: systemTimers })
  cell.endpoint.add(sqs.service)
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cell.endpoint.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'outbox',
    AWS_SECRET_ACCESS_KEY: 'local',
    CELL: 'cell-1',
    TABLE_NAME: tableName,
    TENANT_ROLE_ARN: 'arn:aws:iam::123456789012:role/tenant',
    DELIVERY_QUEUE_URL: deliveries.url,
  })
  createHandler = (await import('../../../functions/outbox.ts')).createHandler
})
afterAll(async () => {
  sqs.stop()
  await cell.stop()
})

const table = () => ({ documentsFor: cell.deps.documentsFor })
const record = (item: { pk: string; sk: string }, SequenceNumber: string) => ({
  eventID: SequenceNumber,
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    SequenceNumber,
    Keys: marshall({ pk: item.pk, sk: item.sk }),
    NewImage: marshall(item),
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
})
const count = async (tenant: TenantId, prefix: string) => (await tableFor(cell.deps, tenant).query({ prefix })).items.length
const queued = () =>
  sqs
    .queue(deliveries.arn)
    .take({ max: 10 })
    .map(({ body }) => JSON.parse(body))

async function givenSubscriber() {
  const tenant = await givenTenant(cell.deps)
  await webhookService(cell.deps).create(tenant, { url: 'http://127.0.0.1:9/' })
  return tenant
}

describe('the function outbox', () => {
  it('numbers, delivers and queues what the stream shows, and reports nothing', async () => {
    const tenant = await givenSubscriber()
    const events = [await givenEvent(cell.deps, tenant), await givenEvent(cell.deps, tenant)]
    expect(await createHandler(table())({ Records: events.map((event, i) => record(event, `10${i}`)) })).toEqual({ batchItemFailures: [] })
    expect([await count(tenant, 'FEED#'), await count(tenant, 'DLV#')]).toEqual([2, 2])
    expect(queued()).toEqual(
      [1, 2].map(() => ({
        tenant_id: tenant,
        webhook_id: expect.stringMatching(/^whk_/),
        delivery_id: expect.stringMatching(/^dlv_/),
      })),
    )
  })

  it('puts on the queue what the API asked to be sent', async () => {
    const tenant = await givenSubscriber()
    const [webhook] = (await webhookService(cell.deps).list(tenant, { limit: 1 })).items
    await deliveryService(cell.deps).test(tenant, webhook?.id ?? '')
    const [item] = await itemsOf(cell.deps, tenant, 'DLV#')
    const asked = AskedDelivery.parse(item)
    expect(await createHandler(table())({ Records: [record(asked, '100')] })).toEqual({ batchItemFailures: [] })
    expect(queued()).toEqual([{ tenant_id: tenant, webhook_id: asked.webhook_id, delivery_id: asked.id }])
  })

  it('passes over what can never be handled, and says so', async () => {
    const tenant = await givenSubscriber()
    const event = await givenEvent(cell.deps, tenant)
    const strange: Omit<EventItem, 'type'> & { type: string } = {
      ...event,
      sk: sk.event(event.cluster_id ?? '', 7),
      sequence: 7,
      type: 'cluster.on_fire',
    }
    const log = givenLog()
    const answer = await createHandler({ ...table(), log })({ Records: [record(strange, '100'), record(event, '101')] })
    expect(answer).toEqual({ batchItemFailures: [] })
    expect(log.lines).toEqual([{ level: 'error', message: 'a stream record cannot be handled' }])
    expect([await count(tenant, 'FEED#'), await count(tenant, 'DLV#')]).toEqual([1, 1])
    queued()
  })

  it("reports what failed and what comes after it for the same tenant, and handles the others'", async () => {
    const [mine, other] = [await givenSubscriber(), await givenSubscriber()]
    const events = [await givenEvent(cell.deps, mine), await givenEvent(cell.deps, other), await givenEvent(cell.deps, mine)]
    const { queue } = cell.deps
    const send = (message: object) =>
      'tenant_id' in message && message.tenant_id === mine ? Promise.reject(new Error('away')) : queue.send(message)
    const Records = events.map((event, i) => record(event, `10${i}`))
    const answer = await createHandler({ ...table(), queue: { send }, log: givenLog() })({ Records })
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '100' }, { itemIdentifier: '102' }] })
    expect(queue.sent).toHaveLength(1)
    expect(await createHandler(table())({ Records })).toEqual({ batchItemFailures: [] })
    expect([await count(mine, 'FEED#'), await count(mine, 'DLV#')]).toEqual([2, 2])
    expect([await count(other, 'FEED#'), await count(other, 'DLV#')]).toEqual([1, 1])
  })
})
