import { sk, type TenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { webhookService } from '../../../shared/webhooks/service.ts'
import { webhookStore } from '../../../shared/webhooks/store.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import { type Cell, givenCell, givenTenant } from '../../shared/webhooks/given.ts'
import { HOSTILE_TARGETS, type HostileTarget } from '../../shared/webhooks/hostile-targets.ts'
import { givenInternet } from '../../shared/webhooks/internet.ts'
import { givenDeliveryOnItsWay } from '../../shared/webhooks/one-attempt.ts'
import { watchConnections } from '../../support/connections.ts'
import { type Api, givenApi } from './given.ts'

const PUBLIC = '93.184.215.14'
const FINE = 'https://receiver.example/hooks'

const zone = new Map(HOSTILE_TARGETS.map(({ url, addresses = [] }) => [addresses.length > 0 ? new URL(url).hostname : '', addresses]))
const asked: string[] = []
const targetPolicy = publicTargets(async (host) => {
  asked.push(host)
  return host === 'receiver.example' ? [PUBLIC] : (zone.get(host) ?? [])
})

let api: Api
let cell: Cell
let internet: Awaited<ReturnType<typeof givenInternet>>
/** Where the tables are: the one place that everything here may connect to. */
let tables: Set<string>
beforeAll(async () => {
  const connections = watchConnections()
  internet = await givenInternet(PUBLIC)
  api = await givenApi({ targetPolicy })
  cell = await givenCell()
  Object.assign(cell.deps, { targetPolicy, post: internet.post })
  await Promise.all([api.tenant(), givenOldWebhook()])
  tables = new Set(connections.begun())
  connections.stop()
})
afterAll(async () => {
  await Promise.all([api.stop(), cell.stop(), internet.stop()])
})
beforeEach(() => {
  asked.length = 0
})

/** A tenant whose webhook was made when its URL was fine. */
async function givenOldWebhook() {
  const tenant = await givenTenant(cell.deps)
  await webhookService(cell.deps).create(tenant, { url: FINE })
  const [webhook] = (await webhookStore(cell.deps).list(tenant, { limit: 1 })).items
  if (!webhook) throw new Error('the webhook is not there')
  const move = (url: string) => tableFor(cell.deps, tenant).put(sk.webhook(webhook.id), { ...webhook, url })
  return { tenant, move }
}

/** Sends one event to the tenant's webhook, once, and answers what became of it. */
async function attemptOf(tenant: TenantId) {
  const { attempt } = await givenDeliveryOnItsWay(cell.deps, tenant)
  const { state, attempts } = await attempt()
  return { state, attempts: attempts.map(({ outcome, status, error, answer }) => ({ outcome, status, error, answer })) }
}

/** Runs what should connect to nothing but the tables, and answers what it did connect to. */
async function connectionsOf(run: () => Promise<void>): Promise<string[]> {
  const connections = watchConnections()
  try {
    await run()
    expect(connections.asked()).toBe(0)
    return connections.begun().filter((to) => !tables.has(to))
  } finally {
    connections.stop()
  }
}

const refusedAsWritten = ({ addresses }: HostileTarget): boolean => addresses === undefined
/** What no webhook's URL can be by its length alone is told as that. */
const fits = ({ url }: HostileTarget): boolean => url.length > 0 && url.length <= 2_048

/** As many as a tenant may send at once. */
const AT_ONCE = 40
const inGroups = (targets: HostileTarget[]): HostileTarget[][] =>
  Array.from({ length: Math.ceil(targets.length / AT_ONCE) }, (_, i) => targets.slice(i * AT_ONCE, (i + 1) * AT_ONCE))

describe('the hostile targets', () => {
  it('are many, and no two the same', () => {
    expect(HOSTILE_TARGETS.length).toBeGreaterThan(200)
    expect(new Set(HOSTILE_TARGETS.map(({ url }) => url)).size).toBe(HOSTILE_TARGETS.length)
  })

  it('are refused when a webhook is made, each with its code, and nothing is kept of them', async () => {
    const webhooks = async () => (await api.items()).filter((item) => String(item.sk).startsWith(sk.webhook('')))
    const connections = await connectionsOf(async () => {
      for (const group of inGroups(HOSTILE_TARGETS)) {
        const { key } = await api.tenant()
        for (const target of group) {
          asked.length = 0
          const { status, body } = await api.send('POST', '/v1/webhooks', { key, body: { url: target.url } })
          const code = fits(target) ? 'webhook_url_not_allowed' : 'out_of_range'
          const errors = [{ in: 'body', pointer: '/url', code, detail: expect.stringMatching(/^url (must|is not|takes) /) }]
          expect({ target, status, body }).toMatchObject({ target, status: fits(target) ? 422 : 400, body: { code, errors } })
          expect({ target, asked }).toEqual({ target, asked: refusedAsWritten(target) ? [] : [new URL(target.url).hostname] })
        }
      }
    })
    expect({ connections, kept: await webhooks() }).toEqual({ connections: [], kept: [] })
  })

  it('are refused when something is to be sent to them, each with its reason, and nothing is connected to', async () => {
    const connections = await connectionsOf(async () => {
      const { tenant, move } = await givenOldWebhook()
      for (const target of HOSTILE_TARGETS) {
        await move(target.url)
        asked.length = 0
        const refused = { outcome: 'failure', status: undefined, error: 'target_refused', answer: undefined }
        expect({ target, ...(await attemptOf(tenant)) }).toEqual({ target, state: 'pending', attempts: [refused] })
        expect({ target, asked }).toEqual({ target, asked: refusedAsWritten(target) ? [] : [new URL(target.url).hostname] })
      }
    })
    const heard = [internet.inside, internet.outside].map((listener) => listener.connections)
    expect({ connections, heard }).toEqual({ connections: [], heard: [0, 0] })
  }, 60_000)
})

describe('a name that does not resolve', () => {
  it('may be given, since it may soon, and is told as such at every attempt', async () => {
    const { key } = await api.tenant()
    const url = 'https://not-yet.example/hooks'
    expect((await api.send('POST', '/v1/webhooks', { key, body: { url } })).status).toBe(201)
    const { tenant, move } = await givenOldWebhook()
    await move(url)
    expect(await attemptOf(tenant)).toMatchObject({ attempts: [{ outcome: 'failure', error: 'name_not_resolved' }] })
  })
})
