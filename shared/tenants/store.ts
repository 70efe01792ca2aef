import * as z from 'zod'
import { newQuota } from '../clusters/quota.ts'
import { type Quota, TenantState } from '../contract/tenant.ts'
import type { Clock } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import { sk, type TenantId, tenantId } from '../platform/table.ts'
import { type TableDeps, TransactionRefused, tableFor } from '../platform/tenant-table.ts'

/** `TENANT`. */
export const TenantRecord = z.object({ id: z.string(), name: z.string(), state: TenantState, created_at: z.string() })
export type TenantRecord = z.infer<typeof TenantRecord>

type StoreDeps = TableDeps & { clock: Clock }

async function addUnlessThere(deps: StoreDeps, record: TenantRecord, quota: Quota): Promise<void> {
  const when = { condition: 'attribute_not_exists(sk)' }
  try {
    await pastConflicts(deps.clock, () =>
      tableFor(deps, tenantId(record.id)).transact([
        { kind: 'put', sk: sk.tenant, item: record, when },
        { kind: 'put', sk: sk.quota, item: newQuota(quota), when },
      ]),
    )
  } catch (error) {
    const there = error instanceof TransactionRefused && error.reasons.every((reason) => reason === 'ConditionalCheckFailed')
    if (!there) throw error
  }
}

/** Remembers tenants, each with the counters of what it uses. */
export const tenantStore = (deps: StoreDeps) => ({
  /** A tenant that is there already is left as it is. */
  addUnlessThere: (record: TenantRecord, quota: Quota) => addUnlessThere(deps, record, quota),
  get: async (tenant: TenantId): Promise<TenantRecord | undefined> =>
    TenantRecord.optional().parse(await tableFor(deps, tenant).get(sk.tenant)),
})
