import { throttled } from '../../../local/dynamodb/faults.ts'
import { sideBySide } from '../../../shared/platform/side-by-side.ts'
import { sk } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { stateOf } from '../../../shared/tenants/key-record.ts'
import { keyEntryIn } from '../../../shared/tenants/key-store.ts'
import { tenantStore } from '../../../shared/tenants/store.ts'
import { takeDown } from '../../../shared/tenants/take-down.ts'
import { shown } from '../../../shared/tenants/view.ts'
import { type GivenDynamo, givenDynamo } from '../../local/dynamodb/given.ts'
import { givenKey, givenTenant, givenTenantDeps, type TenantTestDeps } from './given-tenant.ts'

let dynamo: GivenDynamo
let deps: TenantTestDeps
/** Calls that the table takes before it fails: as if the function had run out of time there. */
let callsLeft = Number.POSITIVE_INFINITY
beforeAll(async () => {
  const next = () => {
    callsLeft -= 1
    return callsLeft < 0 ? throttled() : undefined
  }
  dynamo = await givenDynamo({ faults: { next } })
  deps = givenTenantDeps(dynamo)
})
afterAll(() => dynamo.stop())
afterEach(() => {
  callsLeft = Number.POSITIVE_INFINITY
})

/** A tenant that is to go; of its keys the first is good, and all that were made after it are revoked. */
async function givenManyKeys(revoked: number) {
  const tenant = await givenTenant(deps)
  const table = tableFor(deps, tenant)
  const live = await givenKey(deps, tenant)
  const entry = await keyEntryIn(table, live)
  const ids = Array.from({ length: revoked }, (_, i) => `key_z${String(i).padStart(25, '0')}`)
  const over = { ...entry, counted: false, revoked_at: '2030-01-01T00:00:00.000Z', due_pk: undefined, due_at: undefined }
  await sideBySide(ids, (id) => table.put(sk.key(id), { ...over, id }))
  const going = { names: { '#state': 'state' }, values: { ':deleting': 'deleting' } }
  await table.update(sk.tenant, { update: 'SET #state = :deleting', ...going })
  return { tenant, table, live }
}

describe('the end of a tenant that has revoked very many keys', () => {
  it('goes on where the pass before it ended, however little each has the time for', async () => {
    const { tenant, table, live } = await givenManyKeys(1_600)
    for (let passes = 0; passes < 5; passes += 1) {
      callsLeft = 5
      await takeDown(deps, tenant).catch(() => undefined)
    }
    callsLeft = Number.POSITIVE_INFINITY
    const entry = await keyEntryIn(table, live)
    expect(entry && stateOf(entry, deps.clock.at)).toBe('revoked')
    expect(await takeDown(deps, tenant)).toBe(true)
    expect(await table.get(sk.tenant)).toMatchObject({ state: 'deleted' })
  })

  it('shows nobody how far it has come', async () => {
    const { tenant } = await givenManyKeys(600)
    callsLeft = 4
    await takeDown(deps, tenant).catch(() => undefined)
    callsLeft = Number.POSITIVE_INFINITY
    const seen = await tenantStore(deps).look(tenant)
    if (!seen) throw new Error('the tenant is gone')
    expect(seen.record.keys_after).toBeDefined()
    expect(shown(seen).tenant).not.toHaveProperty('keys_after')
  })
})
