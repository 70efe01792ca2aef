import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sk } from '../../../shared/platform/table.ts'
import { type Api, givenApi, givenCluster, givenRecord } from './given.ts'
import { eventsOf, readItem, settled } from './settling.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const cancel = (key: string, operation: string, headers: Record<string, string> = {}) =>
  api.send('POST', `/v1/operations/${operation}/cancel`, { key, headers })

describe('canceling a create', () => {
  it('ends it as canceled, and takes back what it made by a delete of its own', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    api.started.length = 0
    const reply = await cancel(tenant.key, operation)
    const takesBack = reply.headers['operation-location']?.split('/').at(-1) ?? ''
    expect(reply).toMatchObject({
      status: 202,
      headers: { location: `/v1/clusters/${id}`, 'retry-after': '1' },
      body: {
        ...{ id: operation, type: 'create', state: 'canceled', error: { code: 'canceled' } },
        ...{ superseded_by: takesBack, available_actions: [], cluster_id: id },
      },
    })
    expect((await api.send('GET', `/v1/operations/${operation}`, { key: tenant.key })).body).toEqual(reply.body)
    expect(await readItem(api, tenant.id, sk.operation(takesBack))).toMatchObject({ type: 'delete', state: 'running', cluster_id: id })
    expect((await api.send('GET', `/v1/clusters/${id}`, { key: tenant.key })).body).toMatchObject({
      state: 'deleting',
      operation_id: takesBack,
    })
    expect(api.started.map(({ generation }) => generation)).toEqual([2])
    expect((await eventsOf(api, tenant.id, id)).map(([, type]) => type)).toEqual(['cluster.creating', 'cluster.deleting'])
  })

  it('takes back one that is protected, or about to fail: nothing has been served', async () => {
    const tenant = await api.tenant()
    const guarded = await givenCluster(api, tenant.key, { deletion_protection: true })
    expect(await cancel(tenant.key, guarded.operation)).toMatchObject({ status: 202 })
    const failing = await givenCluster(api, tenant.key)
    await givenRecord(api, tenant.id, failing.id, { failure: { code: 'node_failed', message: 'm' } })
    expect(await cancel(tenant.key, failing.operation)).toMatchObject({ status: 202 })
    expect(await readItem(api, tenant.id, sk.cluster(failing.id))).not.toHaveProperty('failure')
  })

  it('happens once under one key', async () => {
    const { key } = await api.tenant()
    const { operation } = await givenCluster(api, key)
    const once = { 'idempotency-key': 'c' }
    const first = await cancel(key, operation, once)
    const again = await cancel(key, operation, once)
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([202, first.text, 'true'])
    expect(await cancel(key, operation)).toMatchObject({ status: 409, body: { code: 'operation_not_cancelable' } })
  })

  it('or its end, whichever comes first, and never half of both', async () => {
    const tenant = await api.tenant()
    for (let round = 0; round < 12; round += 1) {
      const { id, operation } = await givenCluster(api, tenant.key)
      const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      const [reply, isReady] = await Promise.all([
        later(round % 3).then(() => cancel(tenant.key, operation)),
        later(2 - (round % 3)).then(() => settled(api, tenant.id, id, 'ready')),
      ])
      const cluster = await readItem(api, tenant.id, sk.cluster(id))
      const ended = await readItem(api, tenant.id, sk.operation(operation))
      if (isReady) {
        expect(reply).toMatchObject({ status: 409, body: { code: 'operation_not_cancelable', state: 'succeeded' } })
        expect([cluster, ended]).toMatchObject([{ state: 'ready', intent: 'present' }, { state: 'succeeded' }])
      } else {
        expect(reply.status).toBe(202)
        expect([cluster, ended]).toMatchObject([{ state: 'deleting', intent: 'absent' }, { state: 'canceled' }])
      }
      expect((await eventsOf(api, tenant.id, id)).map(([, type]) => type)).toEqual([
        'cluster.creating',
        isReady ? 'cluster.ready' : 'cluster.deleting',
      ])
      await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
      await givenRecord(api, tenant.id, id, { state: 'deleted' })
    }
  })
})

describe('what cannot be canceled', () => {
  it('is a delete, what has ended, and what is not there', async () => {
    const tenant = await api.tenant()
    const { id, operation } = await givenCluster(api, tenant.key)
    await settled(api, tenant.id, id, 'ready')
    const refused = { status: 409, body: { code: 'operation_not_cancelable' } }
    expect(await cancel(tenant.key, operation)).toMatchObject(refused)
    const removal = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect(await cancel(tenant.key, removal.headers['operation-location']?.split('/').at(-1) ?? '')).toMatchObject(refused)
    expect(
      await cancel(
        tenant.key,
        operation.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      ),
    ).toMatchObject({ status: 404 })
    const other = await api.tenant()
    expect(await cancel(other.key, operation)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

describe('a list of operations', () => {
  it('is of one cluster, of some states, of some types', async () => {
    const tenant = await api.tenant()
    const one = await givenCluster(api, tenant.key)
    const two = await givenCluster(api, tenant.key)
    await cancel(tenant.key, one.operation)
    const list = async (query: Record<string, string>): Promise<unknown> => {
      const { body } = await api.send('GET', '/v1/operations', { key: tenant.key, query })
      return Reflect.get(Object(body), 'items').map(({ type, state, cluster_id }: Record<string, unknown>) => [type, state, cluster_id])
    }
    const [canceled, removal, running] = [
      ['create', 'canceled', one.id],
      ['delete', 'running', one.id],
      ['create', 'running', two.id],
    ]
    expect(await list({})).toEqual([removal, running, canceled])
    expect(await list({ state: 'running' })).toEqual([removal, running])
    expect(await list({ state: 'canceled,failed' })).toEqual([canceled])
    expect(await list({ type: 'create', state: 'running' })).toEqual([running])
    expect(await list({ cluster_id: one.id, type: 'create,delete' })).toEqual([removal, canceled])
    expect(await api.send('GET', '/v1/operations', { key: tenant.key, query: { state: 'done' } })).toMatchObject({
      status: 400,
      body: { code: 'invalid_value', errors: [{ pointer: '/state' }] },
    })
  })
})
