import { holdLease } from '../../../shared/clusters/lease.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import type { Outcome } from '../../../shared/reconcile/model.ts'
import { settle } from '../../../shared/reconcile/settle.ts'
import type { Api } from './given.ts'

/** What the loop does when it finds that to be true: it looks, and settles what it has seen. @returns whether that was still so */
export async function settled(api: Api, tenant: string, id: string, outcome: Exclude<Outcome, 'parked'>): Promise<boolean> {
  const table = tableFor(api.deps, tenantId(tenant))
  const cluster = await holdLease(table, id, 'loop', api.deps.clock.now())
  if (!cluster) throw new Error(`somebody else holds the lease of ${id}`)
  // It would not find a ring that is no longer wanted to be ready.
  if (outcome === 'ready' && cluster.intent === 'absent') return false
  const { fence, generation, wake } = cluster
  const subject = { tenant_id: tenant, cluster_id: id, turn: 0, execution: 'loop' }
  return settle(api.deps, table, { action: 'settle', ...subject, fence, generation, wake, outcome, due_at: null })
}

/** As the loop does when something happened in between: it looks again. */
export async function settledAtLast(api: Api, tenant: string, id: string, outcome: Exclude<Outcome, 'parked'>): Promise<void> {
  while (!(await settled(api, tenant, id, outcome)));
}

export const readItem = (api: Api, tenant: string, sortKey: string): Promise<unknown> => tableFor(api.deps, tenantId(tenant)).get(sortKey)

/** The types of a cluster's events in their order, and their numbers. */
export async function eventsOf(api: Api, tenant: string, id: string): Promise<[unknown, unknown][]> {
  const { items } = await tableFor(api.deps, tenantId(tenant)).query({ prefix: sk.events(id) })
  return items.map((item) => [Reflect.get(Object(item), 'sequence'), Reflect.get(Object(item), 'type')])
}
