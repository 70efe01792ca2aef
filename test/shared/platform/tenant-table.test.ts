import { tenantId } from '../../../shared/platform/table.ts'
import { type TenantTable, TransactionRefused, tableFor } from '../../../shared/platform/tenant-table.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'

let given: GivenDynamo
let one: TenantTable
let two: TenantTable
beforeAll(async () => {
  given = await givenDynamo()
})
afterAll(() => given.stop())
let tenants = 0
beforeEach(() => {
  const deps = tableOver(given.documents)
  tenants += 1
  one = tableFor(deps, tenantId(`one-${tenants}`))
  two = tableFor(deps, tenantId(`two-${tenants}`))
})

describe("a tenant's table", () => {
  it('answers what was put, and nothing of another tenant', async () => {
    await one.put('CLUSTER#1', { name: 'a', gone: undefined })
    expect(await one.get('CLUSTER#1')).toEqual({ pk: `T#one-${tenants}`, sk: 'CLUSTER#1', name: 'a' })
    expect(await two.get('CLUSTER#1')).toBeUndefined()
    expect(await two.query({ prefix: 'CLUSTER#' })).toEqual({ items: [] })
  })

  it('keeps its own keys whatever an item says', async () => {
    await one.put('CLUSTER#1', { pk: two.tenant, sk: 'QUOTA' })
    expect(await one.get('CLUSTER#1')).toMatchObject({ pk: `T#one-${tenants}`, sk: 'CLUSTER#1' })
  })

  it('pages through a prefix either way, without a gap or a repeat', async () => {
    for (const n of ['1', '2', '3', '4', '5']) await one.put(`OP#${n}`, { n })
    await one.put('OQ#1', {})
    const walk = async (newestFirst: boolean): Promise<unknown[]> => {
      const seen: unknown[] = []
      let after: string | undefined
      do {
        const page = await one.query({ prefix: 'OP#', limit: 2, newestFirst, ...(after ? { after } : {}) })
        expect(page.items.length).toBeLessThanOrEqual(2)
        seen.push(...page.items.map((item) => Object(item).n))
        after = page.last
      } while (after)
      return seen
    }
    expect(await walk(false)).toEqual(['1', '2', '3', '4', '5'])
    expect(await walk(true)).toEqual(['5', '4', '3', '2', '1'])
  })

  it('updates only when the condition holds, and answers the whole item', async () => {
    await one.put('QUOTA', { used: 1, limit: 2 })
    const change = {
      update: 'ADD #used :one',
      condition: '#used < #limit',
      names: { '#used': 'used', '#limit': 'limit' },
      values: { ':one': 1 },
    }
    expect(await one.update('QUOTA', change)).toMatchObject({ used: 2, limit: 2 })
    await expect(one.update('QUOTA', change)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
  })

  it('puts only when the condition holds', async () => {
    const when = { condition: 'attribute_not_exists(pk)' }
    await one.put('TENANT', { name: 'first' }, when)
    await expect(one.put('TENANT', { name: 'second' }, when)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
  })

  it('writes a transaction whole, of all four kinds', async () => {
    await one.put('TENANT', {})
    await one.put('IDEM#1', {})
    await one.transact([
      { kind: 'check', sk: 'TENANT', condition: 'attribute_exists(pk)' },
      { kind: 'put', sk: 'CLUSTER#1', item: { version: 1 }, when: { condition: 'attribute_not_exists(pk)' } },
      { kind: 'update', sk: 'QUOTA', update: 'ADD used :one', values: { ':one': 1 } },
      { kind: 'delete', sk: 'IDEM#1' },
    ])
    expect(await one.get('CLUSTER#1')).toMatchObject({ version: 1 })
    expect(await one.get('QUOTA')).toMatchObject({ used: 1 })
    expect(await one.get('IDEM#1')).toBeUndefined()
  })

  it('writes nothing of a refused transaction, and says who refused', async () => {
    await one.put('CLUSTER#1', { version: 7 })
    const refused = one.transact([
      { kind: 'put', sk: 'OP#1', item: {} },
      { kind: 'put', sk: 'CLUSTER#1', item: {}, when: { condition: 'version = :v', values: { ':v': 6 } } },
    ])
    await expect(refused).rejects.toBeInstanceOf(TransactionRefused)
    await expect(refused).rejects.toMatchObject({ reasons: ['None', 'ConditionalCheckFailed'] })
    expect(await one.get('OP#1')).toBeUndefined()
  })

  it('passes on what is no refusal', async () => {
    const empty = tableFor(tableOver(given.documents, 'missing'), one.tenant)
    await expect(empty.transact([{ kind: 'put', sk: 'A', item: {} }])).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
