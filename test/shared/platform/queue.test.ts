import { messageQueue } from '../../../shared/platform/queue.ts'
import { arnOf, type GivenSqs, givenSqs } from '../../local/sqs/given.ts'

let given: GivenSqs
beforeEach(async () => {
  given = await givenSqs()
})
afterEach(() => given.stop())

describe('a message', () => {
  it('is JSON, and there at once', async () => {
    await messageQueue(given.client, given.url).send({ tenant_id: 'ten_1' })
    const [message] = given.sqs.queue(arnOf('deliveries')).take({ max: 10 })
    expect(JSON.parse(message?.body ?? '')).toEqual({ tenant_id: 'ten_1' })
  })

  it('is one of its tenant’s, so that those of others need not stand behind it', async () => {
    await messageQueue(given.client, given.url).send({ tenant_id: 'ten_1' })
    const [message] = given.sqs.queue(arnOf('deliveries')).take({ max: 10 })
    expect(message).toMatchObject({ group: 'ten_1' })
  })

  it('with a delay is held back', async () => {
    await messageQueue(given.client, given.url).send({ tenant_id: 'ten_1' }, 1_500)
    expect(given.sqs.queue(arnOf('deliveries')).take({ max: 10 })).toEqual([])
  })
})
