import { webhookService } from '../../../shared/webhooks/service.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import { type Cell, givenCell, givenTenant } from './given.ts'
import { givenInternet } from './internet.ts'
import { givenDeliveryOnItsWay } from './one-attempt.ts'

const PUBLIC = '93.184.215.14'
const INSIDE = '169.254.169.254'

let cell: Cell
let internet: Awaited<ReturnType<typeof givenInternet>>
beforeAll(async () => {
  cell = await givenCell()
})
afterAll(() => cell.stop())
beforeEach(async () => {
  internet = await givenInternet(PUBLIC)
})
afterEach(() => internet.stop())

/**
 * A webhook whose name answers `answers`, one after the other and the last for ever; it was made while the first was true.
 * `send` makes one attempt at one event.
 */
async function given(host: string, ...answers: string[][]) {
  const asked: string[] = []
  const targetPolicy = publicTargets(async (name) => {
    asked.push(name)
    return answers[Math.min(asked.length, answers.length) - 1] ?? []
  })
  const deps = { ...cell.deps, targetPolicy, post: internet.post }
  const tenant = await givenTenant(deps)
  await webhookService(deps).create(tenant, { url: `https://${host}/hooks` })
  const { attempt } = await givenDeliveryOnItsWay(deps, tenant)
  const send = async () => (await attempt()).attempts.map(({ outcome, status, error, answer }) => ({ outcome, status, error, answer }))
  return { asked, send }
}

describe('a name that is rebound', () => {
  it('between check and connection is connected to where it was checked, and is not asked again', async () => {
    const { asked, send } = await given('receiver.example', [PUBLIC], [PUBLIC], [INSIDE], ['127.0.0.1'])
    expect(await send()).toEqual([{ outcome: 'success', status: 204, answer: '' }])
    // Once when it was made, once for the attempt.
    expect(asked).toEqual(['receiver.example', 'receiver.example'])
    expect(internet.outside.requests).toEqual([expect.stringMatching(/^POST receiver\.example:\d+\/hooks$/)])
    expect(internet.inside.connections).toBe(0)
  })

  it.each([INSIDE, '127.0.0.1', '::1', 'fd00:ec2::254', '::ffff:169.254.169.254'])(
    'between two attempts to %s is refused at the second',
    async (address) => {
      internet.answer.status = 500
      const { send } = await given('receiver.example', [PUBLIC], [PUBLIC], [address])
      expect(await send()).toEqual([{ outcome: 'failure', status: 500, answer: '' }])
      expect((await send())[1]).toEqual({ outcome: 'failure', error: 'target_refused' })
      expect([internet.outside.connections, internet.inside.connections]).toEqual([1, 0])
    },
  )

  it('in turns, public and private, is refused each time that it is private', async () => {
    internet.answer.status = 500
    const { send } = await given('receiver.example', [PUBLIC], [INSIDE], [PUBLIC], [PUBLIC, INSIDE], [INSIDE])
    await send()
    await send()
    await send()
    expect((await send()).map(({ status, error }) => status ?? error)).toEqual(['target_refused', 500, 'target_refused', 'target_refused'])
    expect([internet.outside.connections, internet.inside.connections]).toEqual([1, 0])
  })
})

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i is a failure and is not followed, wherever it leads', async (status) => {
    const { port } = internet.inside
    for (const location of [
      `https://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}/`,
      'https://169.254.169.254/',
      '//inside.example/',
      '/again',
    ]) {
      Object.assign(internet.answer, { status, headers: { location, refresh: `0;url=${location}` } })
      const { send } = await given('receiver.example', [PUBLIC])
      expect(await send()).toEqual([{ outcome: 'failure', status, answer: '' }])
    }
    expect([internet.outside.requests.length, internet.inside.connections]).toEqual([5, 0])
  })
})

describe('a certificate', () => {
  it('of another name is no proof of this one: nothing is sent', async () => {
    const { send } = await given('other.example', [PUBLIC])
    expect(await send()).toEqual([{ outcome: 'failure', error: 'tls_failed' }])
    expect([internet.outside.connections, internet.outside.requests, internet.inside.connections]).toEqual([1, [], 0])
  })

  it('that nobody vouches for is no proof either', async () => {
    const { send } = await given('receiver.example', [PUBLIC])
    internet.distrust()
    expect(await send()).toEqual([{ outcome: 'failure', error: 'tls_failed' }])
    expect(internet.outside.requests).toEqual([])
  })
})
