import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import * as z from 'zod'
import type { TenantScope } from '../../../shared/contract/key.ts'
import { tenantId } from '../../../shared/platform/table.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { type Api, givenApi, givenCluster } from './given.ts'
import { givenReady, itemsOf } from './given-world.ts'
import { settled } from './settling.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const keyWith = async (tenant: string, ...scopes: TenantScope[]): Promise<string> =>
  (await issueTenantKey(api.deps, tenantId(tenant), { scopes })).key
const get = (key: string, id: string, expand?: string) =>
  api.send('GET', `/v1/clusters/${id}`, { key, ...(expand === undefined ? {} : { query: { expand } }) })
const readSecrets = async (tenant: string) =>
  (await itemsOf(api, tenant, 'AUDIT#'))
    .filter(({ action }) => action === 'getCluster')
    .map(({ path, status, code }) => ({ path, status, code }))

describe('a cluster with more', () => {
  it('has its operation, nodes and connection where it is asked for them, and else has not', async () => {
    const tenant = await api.tenant()
    const { id, operation, password } = await givenReady(api, tenant.id, tenant.key)
    expect((await get(tenant.key, id, 'operation')).body).toMatchObject({ id, operation: { id: operation } })
    expect((await get(tenant.key, id, 'nodes')).body).toMatchObject({ id, nodes: [{ ordinal: 0, address: '127.64.0.1' }] })
    expect((await get(tenant.key, id, 'operation,nodes,connection,nodes')).body).toMatchObject({
      operation: { id: operation },
      nodes: [{ ordinal: 0 }],
      connection: { password, generation: 1 },
    })
    const { body } = await get(tenant.key, id)
    for (const part of ['operation', 'nodes', 'connection']) expect(body).not.toHaveProperty(part)
  })

  it('has no connection while it does not serve', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const { status, body } = await get(key, id, 'connection')
    expect([status, Object.hasOwn(Object(body), 'connection')]).toEqual([200, false])
  })

  it.each(['', 'everything', 'operation,', 'operation nodes', 'nodes.operation', 'constructor'])('refuses to expand %j', async (expand) => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    expect(await get(key, id, expand)).toMatchObject({
      status: 400,
      body: { code: 'invalid_value', errors: [{ in: 'query', pointer: '/expand' }] },
    })
  })
})

describe('the connection of a cluster', () => {
  it('is for keys with the scope credentials, also when it is only expanded', async () => {
    const tenant = await api.tenant()
    const { id, password } = await givenReady(api, tenant.id, tenant.key)
    const reader = await keyWith(tenant.id, 'read')
    for (const expand of ['connection', 'nodes,connection', 'connection,nonsense']) {
      const refused = await get(reader, id, expand)
      expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope', scope: 'credentials' } })
      expect(refused.headers['www-authenticate']).toContain('scope="credentials"')
      expect(refused.text).not.toContain(password)
    }
    expect(await get(reader, id, 'nodes')).toMatchObject({ status: 200 })
    expect(await get(await keyWith(tenant.id, 'read', 'credentials'), id, 'connection')).toMatchObject({ status: 200 })
    expect(await get(await keyWith(tenant.id, 'credentials'), id, 'connection')).toMatchObject({ status: 403 })
  })

  it('leaves an entry in the audit trail, and may be kept by nobody', async () => {
    const tenant = await api.tenant()
    const { id } = await givenReady(api, tenant.id, tenant.key)
    // The second time the edge knows the key: what is audited begins no earlier for that.
    for (const expand of [undefined, 'operation', 'connection', 'connection']) {
      const { headers } = await get(tenant.key, id, expand)
      expect(headers['cache-control']).toBe(expand === 'connection' ? 'no-store' : 'private, no-cache')
    }
    const entry = { path: `/v1/clusters/${id}`, status: 200, code: undefined }
    expect(await readSecrets(tenant.id)).toEqual([entry, entry])
  })
})

const Actions = z.object({ available_actions: z.array(z.string()) })
const actions = (body: unknown): string[] => Actions.parse(body).available_actions

describe('what is legal now', () => {
  it('of a cluster: what is named is taken, what is not named is refused', async () => {
    const tenant = await api.tenant()
    const make = async (...does: ((id: string) => Promise<unknown>)[]): Promise<string> => {
      const { id } = await givenReady(api, tenant.id, tenant.key)
      for (const act of does) await act(id)
      return id
    }
    const remove = (id: string) => api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    const protect = (id: string) => api.send('PATCH', `/v1/clusters/${id}`, { key: tenant.key, body: { deletion_protection: true } })
    const creating = async () => (await givenCluster(api, tenant.key)).id
    const guarded = async () => (await givenCluster(api, tenant.key, { deletion_protection: true })).id
    const expected: [string[], () => Promise<string>][] = [
      [['update', 'delete'], creating],
      [['update'], guarded],
      [['update', 'delete', 'connect'], () => make()],
      [['update', 'connect'], () => make(protect)],
      [['delete'], () => make(remove)],
    ]
    for (const [named, given] of expected) {
      const id = await given()
      expect(actions((await get(tenant.key, id)).body)).toEqual(named)
      const connect = await api.send('GET', `/v1/clusters/${id}/connection`, { key: tenant.key })
      const update = await api.send('PATCH', `/v1/clusters/${id}`, { key: tenant.key, body: { name: 'x' } })
      const removal = await remove(id)
      expect(
        [update.status !== 409 && 'update', removal.status !== 409 && 'delete', connect.status !== 409 && 'connect'].filter(Boolean),
      ).toEqual(named)
    }
  })

  it('of an operation: a create that has not ended can be canceled', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    const look = async (of: string) => actions((await api.send('GET', `/v1/operations/${of}`, { key: tenant.key })).body)
    expect(await look(operation)).toEqual(['cancel'])
    await settled(api, tenant.id, id, 'ready')
    expect(await look(operation)).toEqual([])
    const { body } = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect(await look(z.object({ operation: z.object({ id: z.string() }) }).parse(body).operation.id)).toEqual([])
  })
})
