import { fuzz } from './fuzz.ts'

const COUNT = 400

describe('whatever is sent to the API', () => {
  it('is answered as the description says, tells nobody of another, and leaves nothing half done', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const { sent, failures } = await fuzz({ count: COUNT, seed, deadlineMs: 50_000 })
    expect({ seed, failures }).toEqual({ seed, failures: [] })
    expect(sent).toBeGreaterThan(0)
  })
})
