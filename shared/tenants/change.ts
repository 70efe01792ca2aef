import { AppError } from '../contract/errors.ts'
import type { Plan } from '../contract/plan.ts'
import type { Quota } from '../contract/quota.ts'
import type { TenantSuspend, TenantUpdate } from '../contract/tenant.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { type TenantId, tenantId } from '../platform/table.ts'
import { type TableDeps, tableFor, type Write } from '../platform/tenant-table.ts'
import { limitsUnder, overriddenBy, planNamed } from './plans.ts'
import { limitsOf, quotaWith, setLimits } from './quota-record.ts'
import { rateOf, setRate } from './rate-record.ts'
import type { TenantRecord } from './record.ts'
import { replacement, seenIn } from './store.ts'
import { setSuspended } from './suspended.ts'
import { type Seen, type Shown, shown } from './view.ts'

export interface ChangeDeps extends TableDeps {
  clock: Clock
  plans: readonly Plan[]
}

export const noSuchTenant = (tenant: TenantId): AppError => new AppError('not_found', `There is no tenant ${tenant}`)

/** What becomes of a tenant; undefined: nothing. */
interface Change {
  record: Partial<TenantRecord>
  quota?: Quota
  /** Holds only while so many clusters are counted. */
  clusters?: number
}

/** What else of the tenant has to agree with its record. */
const agreeing = ({ record: { state }, quota, clusters }: Change): Write[] => [
  ...(quota ? [setLimits(quota, clusters), setRate(rateOf(quota.requests_per_second))] : []),
  ...(state === 'suspended' || state === 'active' ? [setSuspended(state === 'suspended')] : []),
]

/** Changes a tenant in one transaction of its own partition, as `decide` says of it as it is then. */
export function changeTenant(
  deps: TableDeps & { clock: Clock },
  tenant: TenantId,
  act: Act<Shown> | undefined,
  decide: (seen: Seen) => Change | undefined | Promise<Change | undefined>,
): Promise<Committed<Shown>> {
  const table = tableFor(deps, tenant)
  return commit({ clock: deps.clock, table }, act, async () => {
    const seen = await seenIn(table)
    if (!seen) throw noSuchTenant(tenant)
    const change = await decide(seen)
    if (!change) return { result: shown(seen), writes: [] }
    const { record: before, quota } = seen
    const record = { ...before, ...change.record, version: before.version + 1, updated_at: isoTime(deps.clock.now()) }
    return {
      result: shown({ record, quota: change.quota ? quotaWith(quota, change.quota) : quota }),
      writes: [replacement(before, record), ...agreeing(change)],
    }
  })
}

function assertStays({ id, state }: TenantRecord): void {
  if (state === 'deleting' || state === 'deleted') throw new AppError('tenant_deleting', `Tenant ${id} is ${state}: it changes no more`)
}

/** A plan that is no longer on offer goes on for who has it. */
function updated(plans: readonly Plan[], { record, quota }: Seen, body: TenantUpdate): Change {
  const overrides = overriddenBy(record.overrides, body.quota ?? {})
  const kept = body.plan === undefined ? plans.find(({ name }) => name === record.plan) : planNamed(plans, body.plan)
  return {
    record: { overrides, ...(body.name === undefined ? {} : { name: body.name }), ...(kept ? { plan: kept.name } : {}) },
    quota: limitsUnder(kept?.quota ?? limitsOf(quota), overrides),
  }
}

/** What the platform changes of a tenant that stays. */
export const tenantChanges = (deps: ChangeDeps) => ({
  /**
   * @param unchanged whether the version is the one that the caller has seen
   * @throws not_found, precondition_failed, plan_not_on_offer, tenant_deleting
   */
  update: (id: string, body: TenantUpdate, unchanged: (version: number) => boolean, act?: Act<Shown>): Promise<Committed<Shown>> =>
    changeTenant(deps, tenantId(id), act, (seen) => {
      if (!unchanged(seen.record.version)) {
        throw new AppError('precondition_failed', `Tenant ${id} has changed since the ETag in If-Match: look at it again`)
      }
      assertStays(seen.record)
      return updated(deps.plans, seen, body)
    }),
  /** @throws not_found, tenant_deleting */
  suspend: (id: string, { reason }: TenantSuspend, act?: Act<Shown>): Promise<Committed<Shown>> =>
    changeTenant(deps, tenantId(id), act, ({ record }) => {
      assertStays(record)
      if (record.state === 'suspended' && record.suspended_reason === reason) return undefined
      return { record: { state: 'suspended', suspended_reason: reason } }
    }),
  /** @throws not_found, tenant_deleting */
  resume: (id: string, act?: Act<Shown>): Promise<Committed<Shown>> =>
    changeTenant(deps, tenantId(id), act, ({ record }) => {
      assertStays(record)
      return record.state === 'suspended' ? { record: { state: 'active', suspended_reason: undefined } } : undefined
    }),
})
