import type { Finding, Repair } from './finding.ts'
import type { SeenCluster, SeenNode } from './sight.ts'
import type { Thing } from './things.ts'

/** Which notes of the cluster each kind makes untrue. The loop looks for tasks without any. */
const TAKEN_BACK: Record<Thing['kind'], string[]> = {
  task: [],
  definition: ['definition_removed'],
  // By its name: it need not be the one that was noted.
  group: ['network_removed', 'security_group_id'],
  parameter: ['credentials_removed'],
  name: ['names_removed'],
}

/** Nothing of the cluster is wanted, and all of it was taken back. */
export const isGone = ({ state, lease_holder, due_at }: SeenCluster): boolean =>
  (state === 'deleted' || state === 'failed') && lease_holder === undefined && due_at === undefined

/** Whose nodes share their hosts' network has neither a group nor a name, so its loop looks for none. */
const repairOf = (kind: Thing['kind'], { network }: SeenCluster): Repair =>
  network === 'shared' && (kind === 'group' || kind === 'name') ? { how: 'take-away' } : { how: 'look-again', forget: TAKEN_BACK[kind] }

/** What is there of a cluster that is gone. The loop takes it back as it takes back everything, once it is told that it has not. */
export function leftOf(tenant: string, cluster: SeenCluster, things: readonly Thing[], nodes: readonly SeenNode[]): Finding[] {
  const why = `its cluster is ${cluster.state} since ${cluster.updated_at}`
  const about = { tenant, cluster: cluster.id }
  return [
    ...things.map(({ kind, id }): Finding => {
      return { kind, id, ...about, detail: why, repair: repairOf(kind, cluster) }
    }),
    ...nodes.map(({ id }): Finding => ({ kind: 'node', id, ...about, detail: why, repair: { how: 'look-again', forget: [] } })),
  ]
}
