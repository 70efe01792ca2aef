import { readCluster } from '../clusters/lease.ts'
import { tenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import type { OrphanDeps } from './deps.ts'
import type { Finding } from './finding.ts'

/**
 * Why nothing of a cluster is taken away, though somebody names it; undefined when nothing speaks for it. One finding that says whose
 * it is speaks for all of them: after a restore a tenant whose entry in the directory is gone may still have it.
 */
export async function whyKept(deps: OrphanDeps, cluster: string, findings: readonly Finding[]): Promise<string | undefined> {
  for (const tenant of new Set(findings.flatMap((finding) => finding.tenant ?? [])))
    if ((await readCluster(tableFor(deps, tenantId(tenant)), cluster)) !== undefined)
      return `not repaired: ${tenant} has it, and the directory does not list that tenant: put its entry back`
  if (findings.some(({ kind }) => kind === 'task'))
    return 'not repaired: a task of it runs, which may serve somebody: stop its tasks first where they serve nobody'
  return undefined
}
