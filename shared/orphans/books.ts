import { quotaOf } from '../clusters/quota.ts'
import type { Finding } from './finding.ts'
import type { SeenCluster, SeenOperation, Sight } from './sight.ts'

const COUNTED = ['clusters', 'nodes', 'cpu_units', 'memory_mib', 'webhooks', 'keys'] as const

/** What the tenant holds, by what is there. */
function holds({ clusters, webhooks, keys }: Sight): Record<(typeof COUNTED)[number], number> {
  const counted = clusters.filter(({ quota_released_at }) => quota_released_at === undefined).map(({ spec }) => quotaOf(spec))
  const sum = (of: (each: (typeof counted)[number]) => number): number => counted.reduce((total, each) => total + of(each), 0)
  return {
    clusters: sum((each) => each.clusters),
    nodes: sum((each) => each.nodes),
    cpu_units: sum((each) => each.cpu_units),
    memory_mib: sum((each) => each.memory_mib),
    webhooks,
    keys,
  }
}

/** By how much the counters are wrong. */
export function miscounted(sight: Sight): Finding[] {
  const { quota, tenant } = sight
  if (!quota) return []
  const right = holds(sight)
  const wrong = COUNTED.filter((name) => quota[`${name}_used`] !== right[name])
  if (wrong.length === 0) return []
  const detail = wrong.map((name) => `${name}: ${quota[`${name}_used`]} counted, ${right[name]} held`).join('; ')
  const add = Object.fromEntries(wrong.map((name) => [`${name}_used`, right[name] - quota[`${name}_used`]]))
  const seen = Object.fromEntries(wrong.map((name) => [`${name}_used`, quota[`${name}_used`]]))
  return [{ kind: 'quota', id: 'QUOTA', tenant, detail, repair: { how: 'count', add, seen } }]
}

const isOver = (cluster: SeenCluster): boolean =>
  cluster.observed_generation === cluster.generation && ['ready', 'failed', 'deleted'].includes(cluster.state) && !cluster.lease_holder

const WANTED = { create: 'ready', delete: 'deleted' } as const

/** Operations that run though their cluster is where it was to go, is at another one's work, or is not there. */
export function unworked(sight: Sight): Finding[] {
  const clusters = new Map(sight.clusters.map((cluster) => [cluster.id, cluster]))
  return sight.operations.flatMap((operation: SeenOperation): Finding[] => {
    const cluster = clusters.get(operation.cluster_id)
    const its = cluster?.operation_id === operation.id
    if (cluster && its && !isOver(cluster)) return []
    const succeeded = its && cluster?.state === WANTED[operation.type]
    const where = cluster ? (its ? `is ${cluster.state}` : `is at operation ${cluster.operation_id}`) : 'is not there'
    const message = `Nobody works on it any more: its cluster ${where}`
    const { id, cluster_id } = operation
    return [
      {
        kind: 'operation',
        id,
        tenant: sight.tenant,
        cluster: cluster_id,
        detail: message,
        repair: { how: 'end-operation', succeeded, message },
      },
    ]
  })
}

/** Clusters that are not gone and that nothing will ever wake. */
export const unscheduled = ({ tenant, clusters }: Sight): Finding[] =>
  clusters
    .filter(({ state, due_at, due_pk }) => state !== 'deleted' && state !== 'failed' && (due_at === undefined || due_pk === undefined))
    .map(({ id, state }): Finding => {
      const detail = `it is ${state} and has no time at which somebody looks at it`
      return { kind: 'unscheduled', id, tenant, cluster: id, detail, repair: { how: 'look-again', forget: [] } }
    })
