import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { apiKeyKey, type Key, PLATFORM, sk, tenantKey } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { revokeKey } from '../../../shared/tenants/revoke.ts'
import { tenantStore } from '../../../shared/tenants/store.ts'
import { takeDown } from '../../../shared/tenants/take-down.ts'
import { type GivenDynamo, givenDynamo } from '../../local/dynamodb/given.ts'
import { DAY, givenKey, givenTenant, givenTenantDeps, type TenantTestDeps } from './given-tenant.ts'

let dynamo: GivenDynamo
let deps: TenantTestDeps
beforeAll(async () => {
  dynamo = await givenDynamo()
  deps = givenTenantDeps(dynamo)
})
afterAll(() => dynamo.stop())

/** As DynamoDB does, for each item by itself, within days of its time: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
const passAway = (Key: Key) => deps.ownDocuments.send(new DeleteCommand({ TableName: deps.tableName, Key }))

describe('a key that expired so long ago that a part of it has passed away', () => {
  it('can be revoked, which changes nothing', async () => {
    const tenant = await givenTenant(deps)
    const id = await givenKey(deps, tenant)
    deps.clock.at += 32 * DAY
    await passAway(apiKeyKey(id))
    expect(await revokeKey(deps, tenant, id)).toEqual({ result: undefined })
  })

  it('does not stand in the way of the end of its tenant', async () => {
    const tenant = await givenTenant(deps)
    const id = await givenKey(deps, tenant)
    deps.clock.at += 32 * DAY
    await passAway(apiKeyKey(id))
    await tableFor(deps, tenant).update(sk.tenant, {
      update: 'SET #state = :deleting',
      names: { '#state': 'state' },
      values: { ':deleting': 'deleting' },
    })
    expect(await takeDown(deps, tenant)).toBe(true)
    expect(await tenantStore(deps).get(tenant)).toMatchObject({ state: 'deleted' })
  })
})

it('a deleted tenant whose quota has passed away before its record is there no more', async () => {
  const tenant = await givenTenant(deps, 'deleting')
  await takeDown(deps, tenant)
  await passAway(tenantKey(tenant, sk.quota))
  expect(await tenantStore(deps).look(tenant)).toBeUndefined()
})

it('a tenant whose entry in the directory is lost ends, and gets no entry that says nothing', async () => {
  const tenant = await givenTenant(deps, 'deleting')
  await passAway(tenantKey(PLATFORM, sk.directory(tenant)))
  expect(await takeDown(deps, tenant)).toBe(true)
  expect(await tenantStore(deps).get(tenant)).toMatchObject({ state: 'deleted' })
  expect(await tableFor(deps, PLATFORM).get(sk.directory(tenant))).toBeUndefined()
})
