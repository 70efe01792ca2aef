import fc from 'fast-check'
import { type Api, givenApi, givenCluster } from './given.ts'
import { hostileRequest, type Known } from './hostile-requests.ts'

const RUNS = 300
const PLENTY = { clusters: 10_000, nodes: 1_000_000, memory_mib: 10_000_000, webhooks: 10_000 }

let api: Api
let known: Known
/** What the stranger owns, none of which the attacker may ever be told. */
let foreign: string[]
beforeAll(async () => {
  api = await givenApi()
  const [attacker, stranger] = [await api.tenant({ quota: PLENTY }), await api.tenant()]
  const [mine, theirs] = [await givenCluster(api, attacker.key), await givenCluster(api, stranger.key, { name: 'secret ring' })]
  await givenCluster(api, attacker.key)
  const hooks = [await givenHook(attacker.key), await givenHook(stranger.key)]
  foreign = [stranger.id, theirs.id, theirs.operation, ...hooks.slice(1)]
  known = {
    keys: { tenant: attacker.key, platform: api.platformKey },
    ids: {
      // Not the stranger's: the platform's key comes along, and may change any tenant.
      tenant_id: [attacker.id],
      cluster_id: [mine.id, theirs.id],
      operation_id: [mine.operation, theirs.operation],
      webhook_id: hooks,
      code: ['not_found', 'unknown_field'],
    },
    cursors: [await cursorOf(attacker.key, '/v1/clusters'), await cursorOf(attacker.key, '/v1/operations')],
  }
})
afterAll(() => api.stop())

async function givenHook(key: string): Promise<string> {
  return JSON.parse((await api.send('POST', '/v1/webhooks', { key, body: { url: 'https://hooks.example.com/' } })).text).id
}

async function cursorOf(key: string, path: string): Promise<string> {
  return JSON.parse((await api.send('GET', path, { key, query: { limit: '1' } })).text).next_cursor
}

const ofStranger = async () => (await api.items()).filter((item) => item.pk === `T#${foreign[0]}`)

describe('whatever a tenant sends', () => {
  it('is answered as the description says, without an error of ours and without a word of another tenant', async () => {
    const before = await ofStranger()
    await fc.assert(
      fc.asyncProperty(hostileRequest(known), async ({ method, path, ...sent }) => {
        const reply = await api.send(method, path, sent)
        expect(reply.status).toBeLessThan(500)
        expect(reply.text).not.toContain('secret ring')
        const asked = JSON.stringify([path, sent]).toLowerCase()
        // The platform may read any tenant's trail.
        if (asked.includes(known.keys.platform.toLowerCase())) return
        for (const id of foreign) if (!asked.includes(id)) expect(reply.text).not.toContain(id)
      }),
      { numRuns: RUNS },
    )
    expect(await ofStranger()).toEqual(before)
  })
})
