import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, givenApi, givenCluster } from './given.ts'
import { eventsOf, settled, settledAtLast } from './settling.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

const patch = (key: string, id: string, body: unknown, headers: Record<string, string> = {}) =>
  api.send('PATCH', `/v1/clusters/${id}`, { key, body, headers })
const etagOf = async (key: string, id: string): Promise<string> => (await api.send('GET', `/v1/clusters/${id}`, { key })).headers.etag ?? ''

describe('changing a cluster', () => {
  it('changes its name, labels and protection at once, and tells it as an event of the next number', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key, { name: 'before', labels: { a: '1', b: '2' } })
    const body = { name: 'after', labels: { a: null, c: '3' }, deletion_protection: true }
    const reply = await patch(tenant.key, id, body)
    expect(reply).toMatchObject({ status: 200, body: { name: 'after', labels: { b: '2', c: '3' }, deletion_protection: true } })
    expect(reply.headers.etag).toBe(await etagOf(tenant.key, id))
    expect(await eventsOf(api, tenant.id, id)).toEqual([
      [1, 'cluster.creating'],
      [2, 'cluster.updated'],
    ])
  })

  it('takes null for what was before: the id for a name, no labels, no protection', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key, { name: 'n', labels: { a: '1' }, deletion_protection: true })
    expect((await patch(key, id, { name: null, labels: null, deletion_protection: null })).body).toMatchObject({
      name: id,
      labels: {},
      deletion_protection: false,
    })
  })

  it('tells nothing where nothing changes', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key, { name: 'same', labels: { a: '1' } })
    const before = await etagOf(tenant.key, id)
    for (const body of [{}, { name: 'same' }, { labels: { a: '1', none: null } }])
      expect(await patch(tenant.key, id, body)).toMatchObject({ status: 200, headers: { etag: before } })
    expect(await eventsOf(api, tenant.id, id)).toHaveLength(1)
  })

  it('is taken as a merge patch by that name too, and as nothing else', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    expect(await patch(key, id, { name: 'x' }, { 'content-type': 'application/merge-patch+json; charset=utf-8' })).toMatchObject({
      status: 200,
    })
    expect(await patch(key, id, { name: 'x' }, { 'content-type': 'application/json-patch+json' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    })
  })

  it('leaves no more than 32 labels', async () => {
    const { key } = await api.tenant()
    const labels = (from: number, to: number) => Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`l${from + i}`, 'x']))
    const { id } = await givenCluster(api, key, { labels: labels(0, 30) })
    expect(await patch(key, id, { labels: labels(30, 33) })).toMatchObject({
      status: 400,
      body: { code: 'out_of_range', errors: [{ in: 'body', pointer: '/labels' }] },
    })
    expect(await patch(key, id, { labels: { ...labels(30, 33), l0: null } })).toMatchObject({ status: 200 })
  })

  it('is refused while the cluster goes away', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    await api.send('DELETE', `/v1/clusters/${id}`, { key })
    expect(await patch(key, id, { name: 'late' })).toMatchObject({ status: 409, body: { code: 'cluster_deleting' } })
  })
})

describe('If-Match', () => {
  it('changes what is still as it was seen, in any coding, and nothing else', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const seen = await etagOf(key, id)
    expect(await patch(key, id, { name: 'one' }, { 'if-match': `"other", ${seen.replace(/"$/, '-gzip"')}` })).toMatchObject({ status: 200 })
    for (const header of [seen, `W/${await etagOf(key, id)}`, '"other"'])
      expect(await patch(key, id, { name: 'two' }, { 'if-match': header })).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed' },
      })
    expect(await patch(key, id, { name: 'two' }, { 'if-match': '*' })).toMatchObject({ status: 200, body: { name: 'two' } })
  })

  it('that is none is told so', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const refused = { status: 400, body: { code: 'invalid_header', errors: [{ in: 'header', pointer: '/if-match' }] } }
    expect(await patch(key, id, { name: 'x' }, { 'if-match': 'abc' })).toMatchObject(refused)
    expect(await api.send('DELETE', `/v1/clusters/${id}`, { key, headers: { 'if-match': 'abc' } })).toMatchObject(refused)
  })

  it('keeps a delete from what has changed since', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const seen = await etagOf(key, id)
    await patch(key, id, { name: 'x' })
    const remove = (header: string) => api.send('DELETE', `/v1/clusters/${id}`, { key, headers: { 'if-match': header } })
    expect(await remove(seen)).toMatchObject({ status: 412 })
    expect(await remove(await etagOf(key, id))).toMatchObject({ status: 202 })
  })

  it('lets exactly one of many through that saw the same', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    const header = { 'if-match': await etagOf(tenant.key, id) }
    const replies = await Promise.all(Array.from({ length: 6 }, (_, i) => patch(tenant.key, id, { name: `by ${i}` }, header)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412])
  })
})

describe('at the same time', () => {
  it('changes lose nothing of one another, and have a number each', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key)
    const names = Array.from({ length: 6 }, (_, i) => `l${i}`)
    const replies = await Promise.all(names.map((name) => patch(tenant.key, id, { labels: { [name]: 'x' } })))
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200))
    const { body } = await api.send('GET', `/v1/clusters/${id}`, { key: tenant.key })
    expect(body).toMatchObject({ labels: Object.fromEntries(names.map((name) => [name, 'x'])) })
    expect((await eventsOf(api, tenant.id, id)).map(([sequence]) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('a change and the end of the loop both come about, in either order', async () => {
    const tenant = await api.tenant()
    for (let round = 0; round < 5; round += 1) {
      const { id } = await givenCluster(api, tenant.key)
      const [reply] = await Promise.all([
        patch(tenant.key, id, { name: 'changed', deletion_protection: true }),
        settledAtLast(api, tenant.id, id, 'ready'),
      ])
      expect(reply.status).toBe(200)
      const { body } = await api.send('GET', `/v1/clusters/${id}`, { key: tenant.key })
      expect(body).toMatchObject({ state: 'ready', name: 'changed', deletion_protection: true })
      const events = await eventsOf(api, tenant.id, id)
      expect(events.map(([sequence]) => sequence)).toEqual([1, 2, 3])
      expect(events.map(([, type]) => type).sort()).toEqual(['cluster.creating', 'cluster.ready', 'cluster.updated'])
    }
  })
})

describe('protection from deletion', () => {
  it('keeps a delete away until it is taken off, and says how', async () => {
    const tenant = await api.tenant()
    const { id } = await givenCluster(api, tenant.key, { deletion_protection: true })
    await settled(api, tenant.id, id, 'ready')
    const refused = await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })
    expect(refused).toMatchObject({ status: 409, body: { code: 'deletion_protected' } })
    expect(refused.text).toContain('deletion_protection')
    await patch(tenant.key, id, { deletion_protection: false })
    expect(await api.send('DELETE', `/v1/clusters/${id}`, { key: tenant.key })).toMatchObject({ status: 202 })
  })

  it('that comes while it is being deleted is refused as every change, and the delete goes on', async () => {
    const { key } = await api.tenant()
    const { id } = await givenCluster(api, key)
    const [removed, changed] = await Promise.all([
      api.send('DELETE', `/v1/clusters/${id}`, { key }),
      patch(key, id, { deletion_protection: true }),
    ])
    // Whoever came first is right; a change that came first protects.
    expect([removed.status, changed.status].sort()).toEqual(removed.status === 202 ? [202, 409] : [200, 409])
  })
})
