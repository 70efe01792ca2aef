import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as z from 'zod'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { type Api, givenApi, givenCluster, givenRecord } from './given.ts'
import { readItem } from './settling.ts'

let api: Api
let tenant: { id: string; key: string }
/** By name. */
const ids: Record<string, string> = {}

const GIVEN = [
  { name: 'orders', labels: { team: 'checkout', env: 'prod' } },
  { name: 'Orders-EU', labels: { team: 'checkout', env: 'test' } },
  { name: 'catalog', engine: 'redis', labels: { team: 'a,b', note: 'c\\d' } },
  { name: 'zebra', labels: { team: 'search:x' } },
  { name: 'éclair', labels: {} },
]
/** A year apart each, so that a moment between two is easily named. */
const createdAt = (i: number): string => `20${30 + i}-01-01T00:00:00.000Z`

beforeAll(async () => {
  api = await givenApi()
  tenant = await api.tenant()
  for (const [i, body] of GIVEN.entries()) {
    const { id } = await givenCluster(api, tenant.key, body)
    // As if it had been made then: its id says so too.
    const then = api.deps.newId('cluster').slice(14)
    const old = `clu_${timePart(Date.parse(createdAt(i)))}${then}`
    const table = tableFor(api.deps, tenantId(tenant.id))
    await table.put(sk.cluster(old), {
      ...z.looseObject({}).parse(await readItem(api, tenant.id, sk.cluster(id))),
      id: old,
      created_at: createdAt(i),
    })
    await table.transact([{ kind: 'delete', sk: sk.cluster(id) }])
    ids[body.name] = old
  }
  await givenRecord(api, tenant.id, ids.zebra ?? '', { state: 'ready' })
  await givenRecord(api, tenant.id, ids.catalog ?? '', { state: 'deleted' })
})
afterAll(() => api.stop())

function timePart(ms: number): string {
  let text = ''
  for (let rest = BigInt(ms); text.length < 10; rest >>= 5n) text = `${'0123456789abcdefghjkmnpqrstvwxyz'[Number(rest & 31n)]}${text}`
  return text
}

const Page = z.object({ items: z.array(z.looseObject({ name: z.string() })), next_cursor: z.string().optional() })
const get = (query: Record<string, string> = {}) => api.send('GET', '/v1/clusters', { key: tenant.key, query })
async function names(query: Record<string, string> = {}): Promise<string[]> {
  const { status, text, body } = await get(query)
  if (status !== 200) throw new Error(text)
  return Page.parse(body).items.map(({ name }) => name)
}

describe('a list of clusters', () => {
  it.each([
    [{}, ['éclair', 'zebra', 'Orders-EU', 'orders']],
    [{ state: 'ready' }, ['zebra']],
    [{ state: 'ready,creating' }, ['éclair', 'zebra', 'Orders-EU', 'orders']],
    [{ state: 'deleted' }, ['catalog']],
    [{ engine: 'redis', state: 'deleted' }, ['catalog']],
    [{ engine: 'redis' }, []],
    [{ name: 'ORD' }, ['Orders-EU', 'orders']],
    [{ name: 'orders-' }, ['Orders-EU']],
    [{ name: 'ÉCL' }, ['éclair']],
    [{ name: 'E\u0301CL' }, ['éclair']],
    [{ name: 'rders' }, []],
    [{ label: 'team' }, ['zebra', 'Orders-EU', 'orders']],
    [{ label: 'team:checkout' }, ['Orders-EU', 'orders']],
    [{ label: 'team:checkout,env:test' }, ['Orders-EU']],
    [{ label: 'team:checkout,env' }, ['Orders-EU', 'orders']],
    [{ label: 'team:search:x' }, ['zebra']],
    [{ label: 'team:search' }, []],
    [{ label: 'team:a\\,b,note:c\\\\d', state: 'deleted' }, ['catalog']],
    [{ created_after: createdAt(1) }, ['éclair', 'zebra']],
    [{ created_before: createdAt(1) }, ['orders']],
    [{ created_after: createdAt(0), created_before: createdAt(4) }, ['zebra', 'Orders-EU']],
    [{ created_after: '2031-06-01T02:00:00+02:00' }, ['éclair', 'zebra']],
    [{ created_after: createdAt(0), created_before: createdAt(4), sort: 'created_at' }, ['Orders-EU', 'zebra']],
    [{ sort: 'created_at' }, ['orders', 'Orders-EU', 'zebra', 'éclair']],
    [{ sort: 'name' }, ['orders', 'Orders-EU', 'zebra', 'éclair']],
    [{ sort: '-name' }, ['éclair', 'zebra', 'Orders-EU', 'orders']],
    [{ sort: '-name', name: 'o' }, ['Orders-EU', 'orders']],
    [{ sort: 'name', created_after: createdAt(0) }, ['Orders-EU', 'zebra', 'éclair']],
  ])('asked for %j', async (query, expected) => expect(await names(query)).toEqual(expected))

  it.each([
    [{ state: 'gone' }, '/state', 'invalid_value'],
    [{ state: '' }, '/state', 'invalid_value'],
    [{ state: 'ready,' }, '/state', 'invalid_value'],
    [{ engine: 'oracle' }, '/engine', 'invalid_value'],
    [{ name: '' }, '/name', 'out_of_range'],
    [{ label: 'Team' }, '/label', 'invalid_value'],
    [{ label: '' }, '/label', 'invalid_value'],
    [{ label: Array.from({ length: 9 }, (_, i) => `l${i}`).join() }, '/label', 'invalid_value'],
    [{ created_after: 'yesterday' }, '/created_after', 'invalid_value'],
    [{ sort: 'size' }, '/sort', 'invalid_value'],
    [{ expand: 'nodes' }, '/expand', 'invalid_value'],
    [{ expand: 'operation', limit: '21' }, '/limit', 'out_of_range'],
    [{ color: 'red' }, '/color', 'unknown_field'],
  ])('refuses %j at %s', async (query, pointer, code) => {
    expect(await get(query)).toMatchObject({ status: 400, body: { code, errors: [{ in: 'query', pointer }] } })
  })

  it.each(['created_at', '-created_at', 'name', '-name'])('sorted by %s is the same page by page as at once', async (sort) => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await get({ sort, limit: '1', ...(cursor ? { cursor } : {}) })
      const page = Page.parse(body)
      found.push(...page.items.map(({ name }) => name))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    expect(found).toEqual(await names({ sort }))
  })

  it('gives cursors that are good for the same filter and order only', async () => {
    const { body } = await get({ sort: 'name', limit: '1', name: 'o' })
    const cursor = Page.parse(body).next_cursor ?? ''
    expect(await names({ sort: 'name', limit: '1', name: 'o', cursor })).toEqual(['Orders-EU'])
    for (const query of [{ sort: '-name', name: 'o' }, { sort: 'name' }, { name: 'o' }, { sort: 'name', name: 'or' }])
      expect(await get({ ...query, cursor })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })

  it('puts the operation into every item where it is asked to', async () => {
    const { body } = await get({ expand: 'operation', limit: '20' })
    expect(Page.parse(body).items.map(({ operation }) => Reflect.get(Object(operation), 'type'))).toEqual([
      'create',
      'create',
      'create',
      'create',
    ])
  })

  it('takes any text for a filter without failing', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const query = fc.record({ name: text, label: text, sort: fc.constantFrom('name', 'created_at') }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(query, async (wanted) => expect([200, 400]).toContain((await get(wanted)).status)),
      { numRuns: 60 },
    )
  })
})
