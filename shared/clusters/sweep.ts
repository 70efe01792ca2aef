import { isoTime } from '../platform/clock.ts'
import { type DueDeps, dueItems } from '../platform/due.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { clusterOf, tenantOf } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import type { Workflows } from '../platform/workflows.ts'
import { startWork, wakeDue } from './wake.ts'

/** How many overdue clusters of each shard one sweep wakes; the next minute takes more. */
const LIMIT = 200

/** Wakes every cluster that is due: what the hint and the stream should have done, had they not been lost. */
export async function sweepClusters(deps: TableDeps & DueDeps & { workflows: Workflows }, now: number): Promise<number> {
  const due = await dueItems(deps, { now, kind: 'cluster', limit: LIMIT })
  const woken = await sideBySide(due, async (item) => {
    const tenant = tenantOf(item.pk)
    const cluster = tenant && (await wakeDue(tableFor(deps, tenant), clusterOf(item.sk), now))
    if (cluster) await startWork(deps.workflows, cluster, isoTime(now))
    return cluster !== undefined
  })
  return woken.filter(Boolean).length
}
