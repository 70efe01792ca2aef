import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { idMaker } from '../../../shared/platform/ids.ts'
import { type TenantId, tenantId } from '../../../shared/platform/table.ts'
import { establish } from '../../../shared/tenants/create.ts'
import { issueTenantKey } from '../../../shared/tenants/keys.ts'
import { type GivenDynamo, tableOver } from '../../local/dynamodb/given.ts'

export const DAY = 86_400_000
export const START = Date.parse('2030-01-01T00:00:00Z')

/** What deciding over tenants needs, by a clock that is set by hand. */
export function givenTenantDeps({ documents }: GivenDynamo) {
  const clock = { at: START, now: () => clock.at, sleep: async () => {} }
  return {
    ...tableOver(documents),
    clock,
    newId: idMaker(clock.now),
    random: (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)),
    removeCluster: async () => undefined,
  }
}
export type TenantTestDeps = ReturnType<typeof givenTenantDeps>

const LIMITS = { clusters: 5, nodes: 30, cpu_units: 32_768, memory_mib: 65_536, webhooks: 5, keys: 5, requests_per_second: 10 }

/** A tenant in its own partition. */
export async function givenTenant(deps: TenantTestDeps, state: 'active' | 'deleting' = 'active'): Promise<TenantId> {
  const id = deps.newId('tenant')
  const at = new Date(deps.clock.at).toISOString()
  const record = { id, name: 'Acme', state, plan: 'standard', overrides: {}, version: 1, created_at: at, updated_at: at }
  const directory = { TableName: deps.tableName, Item: { pk: 'T#platform', sk: `TENANT#${id}`, id } }
  await deps.ownDocuments.send(new PutCommand(directory))
  await establish(deps, { record, quota: LIMITS })
  return tenantId(id)
}

/** Its id; it expires after a day. */
export async function givenKey(deps: TenantTestDeps, tenant: TenantId): Promise<string> {
  return (await issueTenantKey(deps, tenant, { expires_at: new Date(deps.clock.at + DAY).toISOString() })).id
}
