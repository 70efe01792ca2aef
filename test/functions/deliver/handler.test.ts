import { deps as local } from '../../../local/webhook-policy.ts'
import { publish } from '../../../shared/webhooks/outbox.ts'
import { DeliveryMessage } from '../../../shared/webhooks/record.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { type Cell, givenCell, givenEvent, givenLog, givenReceiver, givenTenant, tableName } from '../../shared/webhooks/given.ts'
import { readDelivery } from '../../shared/webhooks/given-delivery.ts'

let cell: Cell
let receiver: Awaited<ReturnType<typeof givenReceiver>>
let createHandler: typeof import('../../../functions/deliver.ts').createHandler
beforeAll(async () => {
  cell = await givenCell()
  receiver = await givenReceiver()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cell.endpoint.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'deliver',
    AWS_SECRET_ACCESS_KEY: 'local',
    CELL: 'cell-1',
    TABLE_NAME: tableName,
    TENANT_ROLE_ARN: 'arn:aws:iam::123456789012:role/tenant',
    DELIVERY_QUEUE_URL: 'http://127.0.0.1:9/deliveries',
  })
  createHandler = (await import('../../../functions/deliver.ts')).createHandler
})
afterAll(async () => {
  await receiver.stop()
  await cell.stop()
})

async function givenMessages(count: number) {
  const tenant = await givenTenant(cell.deps)
  await webhookService(cell.deps).create(tenant, { url: receiver.url })
  for (let i = 0; i < count; i += 1) await publish(cell.deps, await givenEvent(cell.deps, tenant))
  return cell.deps.queue.sent.splice(0).map(({ message }) => DeliveryMessage.parse(message))
}
const batch = (bodies: unknown[]) => ({
  Records: bodies.map((body, i) => ({
    messageId: `message-${i}`,
    receiptHandle: 'r',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventSource: 'aws:sqs',
  })),
})
const deps = () => ({
  documentsFor: cell.deps.documentsFor,
  webhookSecrets: cell.deps.webhookSecrets,
  clock: cell.deps.clock,
  queue: cell.deps.queue,
  log: givenLog(),
})
const attemptsOf = async (message: DeliveryMessage) => (await readDelivery(cell.deps, message.tenant_id, message)).attempts

describe('the function deliver', () => {
  it('sends every delivery of a batch', async () => {
    const messages = await givenMessages(3)
    expect(await createHandler({ ...deps(), ...local })(batch(messages))).toEqual({ batchItemFailures: [] })
    expect(receiver.received.splice(0)).toHaveLength(3)
  })

  it('logs and acknowledges what is no message of ours', async () => {
    const log = givenLog()
    const handler = createHandler({ ...deps(), log })
    expect(await handler(batch(['{', '{}', { tenant_id: 'ten_1', webhook_id: 'whk_1', delivery_id: 'dlv_1', more: 1 }]))).toEqual({
      batchItemFailures: [],
    })
    expect(log.lines).toEqual(Array(3).fill({ level: 'error', message: 'a message cannot be handled' }))
  })

  it('reports the messages that failed on our side, and only those', async () => {
    const messages = await givenMessages(3)
    const post = () => (post.calls++ === 1 ? Promise.reject(new Error('our own part')) : Promise.resolve({ status: 204, answer: '' }))
    post.calls = 0
    const { batchItemFailures } = await createHandler({ ...deps(), ...local, post })(batch(messages))
    expect(batchItemFailures).toHaveLength(1)
  })

  it('as it is deployed never speaks to this machine', async () => {
    const [message] = await givenMessages(1)
    if (!message) throw new Error('there is no message')
    await createHandler(deps())(batch([message]))
    expect(receiver.received).toEqual([])
    expect(await attemptsOf(message)).toMatchObject([{ outcome: 'failure', error: 'target_refused' }])
  })
})
