import * as z from 'zod'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, SMALL } from './given.ts'

let api: Api
/** Happens before the next transaction of the API, after all that it has looked at. */
let meanwhile: (() => Promise<unknown>) | undefined
beforeAll(async () => {
  api = await givenApi()
  api.dynamo.documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const happens = String(commandName).startsWith('TransactWrite') ? meanwhile : undefined
        if (happens) meanwhile = undefined
        await happens?.()
        return next(args)
      },
    { step: 'initialize', name: 'meanwhile' },
  )
})
afterAll(() => api.stop())

const as = () => ({ key: api.platformKey })
const suspend = (id: string) => api.send('POST', `/v1/tenants/${id}/suspend`, { ...as(), body: { reason: 'unpaid' } })
const resume = (id: string) => api.send('POST', `/v1/tenants/${id}/resume`, as())
const MADE = z.object({ id: z.string(), key: z.string() })
const KEYS = z.object({ items: z.array(z.object({ id: z.string() })) })
const thingsOf = async (id: string) =>
  (await api.items()).filter(({ pk, sk: key }) => pk === `T#${id}` && /^(CLUSTER|WHK|APIKEY)#/.test(String(key))).length

describe('a suspension while a request is under way', () => {
  const MAKING = [
    ['a cluster', '/v1/clusters', SMALL],
    ['a webhook', '/v1/webhooks', { url: 'https://hooks.example.com/' }],
    ['a key', '/v1/keys', {}],
    ['a successor of a key', '/v1/keys/{key}/rotate', {}],
  ] as const
  it.each(MAKING)('lets it make no more: %s', async (_what, path, body) => {
    const { id } = await api.tenant()
    const made = await api.send('POST', `/v1/tenants/${id}/keys`, { ...as(), body: { scopes: ['admin'] } })
    const { key, ...own } = MADE.parse(made.body)
    const before = await thingsOf(id)
    const make = () => api.send('POST', path.replace('{key}', own.id), { key, body })
    meanwhile = () => suspend(id)
    expect((await make()).body).toMatchObject({ status: 403, code: 'tenant_suspended' })
    expect([await thingsOf(id), meanwhile]).toEqual([before, undefined])
    await resume(id)
    expect([201, 202]).toContain((await make()).status)
  })

  it('leaves the platform free to make keys and rotate them', async () => {
    const { id } = await api.tenant()
    for (const path of ['/v1/tenants/{id}/keys', '/v1/tenants/{id}/keys/{key}/rotate']) {
      const [newest] = KEYS.parse((await api.send('GET', `/v1/tenants/${id}/keys`, as())).body).items
      meanwhile = () => suspend(id)
      const reply = await api.send('POST', path.replace('{id}', id).replace('{key}', newest?.id ?? ''), { ...as(), body: {} })
      expect([reply.status, meanwhile]).toEqual([201, undefined])
      await resume(id)
    }
  })

  it('is over when the tenant is resumed, and then nothing of it is left', async () => {
    const { id, key } = await api.tenant()
    const table = tableFor(api.deps, tenantId(id))
    const before = await table.get(sk.quota)
    await suspend(id)
    await suspend(id)
    await resume(id)
    expect(await table.get(sk.quota)).toEqual(before)
    await givenCluster(api, key)
  })
})
