import { isoTime } from '../platform/clock.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import type { Workflows } from '../platform/workflows.ts'
import { starterOf } from './naming.ts'
import { noteWake, startWork } from './wake.ts'

export interface LeavingDeps extends TableDeps {
  workflows: Workflows
  /** `startedBy` of the tasks on a host. */
  startersOn(host: string): Promise<string[]>
}

/** So many rings leave at a time: each has a copy less while it does, and all of them take from the same rates of ECS. */
const AT_ONCE = 20
const MINUTE_MS = 60_000

/** Others each minute, so that some who cannot leave keep nobody who can. */
function turnOf(starters: string[], now: number): string[] {
  const from = starters.length > AT_ONCE ? (Math.floor(now / MINUTE_MS) * AT_ONCE) % starters.length : 0
  return [...starters.slice(from), ...starters.slice(0, from)].slice(0, AT_ONCE)
}

/** Wakes rings with nodes on these hosts, which drain: they will see that themselves. Answers how many there are, woken or not. */
export async function wakeLeaving(deps: LeavingDeps, hosts: string[], now: number): Promise<number> {
  const starters = [...new Set((await sideBySide(hosts, deps.startersOn)).flat())].sort()
  await sideBySide(turnOf(starters, now), async (started) => {
    const starter = starterOf(started)
    const cluster = starter && (await noteWake(tableFor(deps, starter.tenant), starter.clusterId, now))
    if (cluster) await startWork(deps.workflows, cluster, isoTime(now))
  })
  return starters.length
}
