import { AppError } from '../contract/errors.ts'
import type { Act } from '../idempotency/act.ts'
import type { Committed } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { dueShard, tenantId } from '../platform/table.ts'
import { changeTenant } from './change.ts'
import { NOTHING } from './quota-record.ts'
import { clustersLeft, type TakeDownDeps, takeDown } from './take-down.ts'
import type { Shown } from './view.ts'

export type RemoveDeps = TakeDownDeps & { log: Log }

/** The sweep looks at a tenant whose end nobody has worked on by then. */
const SAFETY_MS = 60_000

/**
 * Begins the end of a tenant: from then on nothing can come to it. Its keys, clusters and webhooks go now as far as that can
 * be done now, and the sweep goes on until nothing is left.
 * @throws not_found, tenant_not_empty
 */
export async function removeTenant(
  deps: RemoveDeps,
  id: string,
  { cascade }: { cascade: boolean },
  act?: Act<Shown>,
): Promise<Committed<Shown>> {
  const tenant = tenantId(id)
  const committed = await changeTenant(deps, tenant, act, async ({ record, quota }) => {
    if (record.state === 'deleting' || record.state === 'deleted') return undefined
    if (!cascade && (await clustersLeft(deps, tenant, 1)).length > 0) {
      throw new AppError('tenant_not_empty', `Tenant ${id} has clusters: delete them first, or all of them with cascade=true`)
    }
    const due = { due_pk: dueShard(id), due_at: isoTime(deps.clock.now() + SAFETY_MS) }
    // A cluster that came between that look and the transaction is counted.
    return { record: { state: 'deleting', ...due }, quota: NOTHING, clusters: quota.clusters_used }
  })
  await takeDown(deps, tenant).catch((error: unknown) => deps.log.error('the end of a tenant is left to the sweep', error, { tenant }))
  return committed
}
