import { dueShard, sk } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { sweepTenants } from '../../../shared/tenants/sweep.ts'
import { type GivenDynamo, givenDynamo } from '../../local/dynamodb/given.ts'
import { DAY, givenKey, givenTenant, givenTenantDeps } from './given-tenant.ts'

let dynamo: GivenDynamo
beforeAll(async () => {
  dynamo = await givenDynamo()
})
afterAll(() => dynamo.stop())

it('gives back the count of keys that have expired, whatever stands in the way of a tenant', async () => {
  const deps = givenTenantDeps(dynamo)
  const [tenant, broken] = [await givenTenant(deps), await givenTenant(deps)]
  await givenKey(deps, tenant)
  deps.clock.at += 2 * DAY
  const unreadable = { due_pk: dueShard(broken), due_at: new Date(deps.clock.at - 1).toISOString() }
  await tableFor(deps, broken).put(sk.tenant, unreadable)
  await expect(sweepTenants(deps, deps.clock.at)).rejects.toThrow()
  expect(await tableFor(deps, tenant).get(sk.quota)).toMatchObject({ keys_used: 0 })
})
