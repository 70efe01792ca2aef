import { transactionConflict } from '../../../local/dynamodb/faults.ts'
import { type Api, givenApi, SMALL } from './given.ts'

let api: Api
let held = 0
beforeAll(async () => {
  api = await givenApi(
    { clock: { now: () => Date.now(), sleep: async () => {} } },
    {
      next: (operation) => {
        if (operation !== 'TransactWriteItems' || held === 0) return undefined
        held -= 1
        return transactionConflict('last')
      },
    },
  )
})
afterAll(() => api.stop())

const create = (key: string) => api.send('POST', '/v1/clusters', { key, body: SMALL, headers: { 'idempotency-key': 'ring' } })

describe('a second request while the first with its Idempotency-Key is being written', () => {
  it('waits for a moment, and is answered like the first', async () => {
    const { key } = await api.tenant()
    held = 3
    expect((await create(key)).status).toBe(202)
  })

  it('is told to ask again when that takes long, and has written nothing', async () => {
    const { key } = await api.tenant()
    const before = await api.kept()
    held = 10
    expect(await create(key)).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
      body: { code: 'idempotency_in_flight', retryable: true },
    })
    expect(await api.kept()).toEqual(before)
    held = 0
    expect((await create(key)).status).toBe(202)
  })

  it('never makes a second of what it asks for, however many are sent at once', async () => {
    const { key } = await api.tenant()
    const replies = await Promise.all(Array.from({ length: 8 }, () => create(key)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
  })
})
