import type { Plan } from '../contract/plan.ts'
import { Tenant, type TenantCreate } from '../contract/tenant.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import type { NewId } from '../platform/ids.ts'
import { dueShard, PLATFORM, sk, tenantId } from '../platform/table.ts'
import { type TableDeps, TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import { limitsUnder, planNamed } from './plans.ts'
import { newQuota } from './quota-record.ts'
import { rateOf, setRate } from './rate-record.ts'
import type { DirectoryEntry, Founding } from './record.ts'
import { tenantStore } from './store.ts'
import { type Shown, shown } from './view.ts'

export interface CreateDeps extends TableDeps {
  clock: Clock
  newId: NewId
  plans: readonly Plan[]
}

/** The sweep finishes what was not finished by then. */
const SAFETY_MS = 60_000

/** Makes of the directory's entry the tenant itself, in its own partition. As often as one likes: one that is there is left as it is. */
export async function establish(deps: TableDeps & { clock: Clock }, { record, quota }: Founding): Promise<void> {
  const tenant = tenantId(record.id)
  const when = { condition: 'attribute_not_exists(sk)' }
  try {
    await pastConflicts(deps.clock, () =>
      tableFor(deps, tenant).transact([
        { kind: 'put', sk: sk.tenant, item: record, when },
        { kind: 'put', sk: sk.quota, item: newQuota(quota), when },
        setRate(rateOf(quota.requests_per_second)),
      ]),
    )
  } catch (error) {
    const there = error instanceof TransactionRefused && error.reasons[0] === 'ConditionalCheckFailed'
    if (!there) throw error
  }
  await tableFor(deps, PLATFORM).update(sk.directory(tenant), {
    update: 'REMOVE founding, due_pk, due_at',
    condition: 'attribute_exists(sk)',
  })
}

function founding(deps: CreateDeps, body: TenantCreate): Founding {
  const plan = planNamed(deps.plans, body.plan)
  const overrides = body.quota ?? {}
  const at = isoTime(deps.clock.now())
  const named = { id: deps.newId('tenant'), name: body.name, state: 'active' as const, plan: plan.name, overrides }
  return { record: { ...named, version: 1, created_at: at, updated_at: at }, quota: limitsUnder(plan.quota, overrides) }
}

/** Undefined when the first request, or the sweep, has gone through. */
const foundingOf = async (deps: TableDeps, answered: string): Promise<Founding | undefined> =>
  (await tenantStore(deps).entry(tenantId(Tenant.parse(JSON.parse(answered)).id)))?.founding

/**
 * Makes a tenant. It is entered in the platform's directory together with the answer, and then made true in its own
 * partition: whatever breaks in between, the repeated request, or the sweep, makes the same tenant.
 * @throws plan_not_on_offer
 */
export async function createTenant(deps: CreateDeps, body: TenantCreate, act?: Act<Shown>): Promise<Committed<Shown>> {
  let made: Founding | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, PLATFORM) }, act, async () => {
    made = founding(deps, body)
    const { record, quota } = made
    const due = { due_pk: dueShard(record.id), due_at: isoTime(deps.clock.now() + SAFETY_MS) }
    const entry: DirectoryEntry = { id: record.id, founding: made, ...due }
    return {
      result: shown({ record, quota: newQuota(quota) }),
      writes: [{ kind: 'put', sk: sk.directory(record.id), item: entry, when: { condition: 'attribute_not_exists(sk)' } }],
    }
  })
  const unfinished = 'result' in committed ? made : await foundingOf(deps, committed.replayed.body)
  if (unfinished) await establish(deps, unfinished)
  return committed
}
