import * as z from 'zod'
import { webhookSecrets } from '../../../shared/webhooks/secret.ts'
import { formsOf, type Item, walk } from '../../support/walk.ts'
import { type Api, givenApi, SMALL } from './given.ts'
import { givenReady, givenWorld, published, type World } from './given-world.ts'

const Shown = z.looseObject({ id: z.string().optional(), key: z.string().optional(), secret: z.string().optional() })

let api: Api
let worlds: World[]
const secrets = new Set<string>()

/** Asks, and remembers every secret that it is shown. */
async function ask(world: World, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const reply = await api.send(method, path, { key: world.key, headers, ...(body === undefined ? {} : { body }) })
  const { id = '', key, secret } = Shown.catch({}).parse(reply.body)
  for (const each of [key, secret]) if (each !== undefined) secrets.add(each)
  return { status: reply.status, id }
}

/** Everything that a tenant can say or do with what it knows of another, and with what must stay secret. */
async function work(world: World, other: World): Promise<void> {
  const once = (name: string) => ({ 'idempotency-key': name, 'user-agent': `agent of ${other.id}` })
  const theirs = Object.values(other.ids)
  const labels = Object.fromEntries(theirs.map((id, i) => [`l${i}`, id]))
  const cluster = await ask(world, 'POST', '/v1/clusters', { ...SMALL, name: `near ${other.ids.cluster_id}`, labels }, once('a'))
  await ask(world, 'PATCH', `/v1/clusters/${cluster.id}`, { labels: { more: other.id } }, once('b'))
  const ready = await givenReady(api, world.id, world.key, { labels })
  secrets.add(ready.password)
  await ask(world, 'GET', `/v1/clusters/${ready.id}/connection`)
  await ask(world, 'DELETE', `/v1/clusters/${cluster.id}`, undefined, once('c'))
  const webhook = await ask(
    world,
    'POST',
    '/v1/webhooks',
    { url: `https://hooks.example.com/${other.id}`, description: theirs.join(' ') },
    once('d'),
  )
  await ask(world, 'POST', `/v1/webhooks/${webhook.id}/rotate-secret`, {}, once('e'))
  await ask(world, 'POST', `/v1/webhooks/${webhook.id}/test`, undefined, once('f'))
  const key = await ask(world, 'POST', '/v1/keys', { name: other.ids.key_id, scopes: ['read'] }, once('g'))
  await ask(world, 'POST', `/v1/keys/${key.id}/rotate`, {}, once('h'))
  await ask(world, 'POST', `/v1/keys/${(await ask(world, 'POST', '/v1/keys', {})).id}/rotate`, {})
  await ask(world, 'DELETE', `/v1/keys/${(await ask(world, 'POST', '/v1/keys', {})).id}`)
  for (const id of theirs) for (const noun of ['clusters', 'webhooks', 'keys']) await ask(world, 'DELETE', `/v1/${noun}/${id}`)
  await ask(world, 'POST', `/v1/operations/${other.ids.operation_id}/cancel`, undefined, once(other.id))
  await published(api, world.id)
}

/** What people paste where it does not belong. */
async function misplace(world: World): Promise<void> {
  for (const secret of world.secrets) {
    await ask(world, 'DELETE', `/v1/keys/${encodeURIComponent(secret)}`)
    await ask(world, 'DELETE', `/v1/keys/${secret}`, undefined, { 'idempotency-key': secret, 'user-agent': `curl ${secret}` })
    await ask(world, 'POST', `/v1/webhooks/${secret}/enable`)
  }
}

beforeAll(async () => {
  const noChange = async () => undefined
  const master = async () => 'bWFzdGVy'
  const derived = webhookSecrets({ cell: 'cell-1', secrets: { get: master, createIfAbsent: master, put: noChange, delete: noChange } })
  api = await givenApi({ webhookSecrets: derived })
  worlds = [await givenWorld(api), await givenWorld(api), await givenWorld(api)]
  for (const [i, world] of worlds.entries()) {
    for (const secret of world.secrets) secrets.add(secret)
    await work(world, worlds[(i + 1) % worlds.length] ?? world)
  }
  const [last] = worlds.slice(-1)
  await api.send('POST', `/v1/tenants/${last?.id}/suspend`, { key: api.platformKey, body: { reason: 'late' } })
  await api.send('DELETE', `/v1/tenants/${last?.id}`, { key: api.platformKey, query: { cascade: 'true' } })
})
afterAll(() => api.stop())

const Items = z.array(z.looseObject({ pk: z.string(), sk: z.string() }))
const items = async (): Promise<Item[]> => Items.parse(await api.items())
const forms = () => [...secrets, api.platformKey].flatMap(formsOf)

describe('a table in which three tenants have worked', () => {
  it('holds every item where it belongs, and nothing that is not for it', async () => {
    expect(secrets.size).toBeGreaterThan(20)
    expect((await items()).length).toBeGreaterThan(100)
    expect(walk(await items(), forms())).toEqual([])
  })

  it('holds no secret that somebody has sent where it does not belong, and neither does the log', async () => {
    for (const world of worlds) await misplace(world)
    expect(walk(await items(), forms())).toEqual([])
    const log = JSON.stringify(api.log)
    expect([...secrets].filter((secret) => formsOf(secret).some((form) => log.includes(form)))).toEqual([])
  })
})

describe('the walk', () => {
  const own = { pk: 'T#ten_00000000000000000000000001', sk: 'WHK#whk_00000000000000000000000001' }
  const fair = { ...own, id: 'whk_00000000000000000000000001', tenant_id: 'ten_00000000000000000000000001' }
  const other = {
    ...own,
    pk: 'T#ten_00000000000000000000000002',
    sk: 'CLUSTER#clu_00000000000000000000000002',
    tenant_id: 'ten_00000000000000000000000002',
  }
  const told = (item: object) => walk([{ ...fair, ...item }, other], ['hunter2secret']).map((wrong) => wrong.split(' ').slice(2).join(' '))

  it('sees what it looks for', () => {
    expect(told({})).toEqual([])
    expect(told({ sk: 'NEW#1' })).toEqual([expect.stringContaining('of no kind')])
    expect(told({ tenant_id: 'ten_00000000000000000000000002' })[0]).toContain('says that it is')
    expect(told({ tenant_id: undefined })).toEqual(['says not whose it is'])
    expect(told({ inside: [{ deep: 'of clu_00000000000000000000000002' }] })[0]).toContain('holds clu_')
    expect(told({ description: 'of clu_00000000000000000000000002' })).toEqual([])
    expect(told({ expires: 1 })).toEqual(['goes by TTL although it is no garbage'])
    expect(told({ url: 'https://a/?hunter2secret' })[0]).toContain('holds the secret')
  })
})
