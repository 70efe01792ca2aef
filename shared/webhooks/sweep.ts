import { type DueDeps, type DueItem, dueItems, takeDue } from '../platform/due.ts'
import type { Queue } from '../platform/queue.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { deliveryOf, tenantOf } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import type { DeliveryMessage } from './record.ts'

export type SweepDeps = TableDeps & DueDeps & { queue: Queue }

/** Of each shard, each minute; a backlog is worked off in as many minutes as it takes. */
const LIMIT_PER_SHARD = 500
const AT_ONCE = 20
/** Time for the message to be handled before it is sent again. */
const PUSH_MS = 60_000

async function send(deps: SweepDeps, item: DueItem, now: number): Promise<boolean> {
  const tenant = tenantOf(item.pk)
  if (!tenant || !(await takeDue(tableFor(deps, tenant), item, now + PUSH_MS))) return false
  const { webhook_id, id } = deliveryOf(item.sk)
  await deps.queue.send({ tenant_id: tenant, webhook_id, delivery_id: id } satisfies DeliveryMessage)
  return true
}

/** Puts every delivery whose `due_at` is past on the queue again. Answers how many. */
export async function sweepDeliveries(deps: SweepDeps, now: number): Promise<number> {
  const due = await dueItems(deps, { now, kind: 'delivery', limit: LIMIT_PER_SHARD })
  return (await sideBySide(due, (item) => send(deps, item, now), AT_ONCE)).filter(Boolean).length
}
