import { idsAt } from '../platform/ids.ts'
import { miscounted, unscheduled, unworked } from './books.ts'
import type { Finding } from './finding.ts'
import { isGone, leftOf } from './gone.ts'
import { amissOf, isSettled } from './living.ts'
import type { Sight } from './sight.ts'
import type { Thing, Things } from './things.ts'

/** Nothing that changed after it is judged: RFC 3339. */
export interface Since {
  /** Epoch milliseconds. */
  before: number
  iso: string
}

/** Tasks that a settled cluster claims and that were not listed: those of which ECS has to be asked by name. */
export function unlisted({ clusters, nodes }: Sight, things: Things, { iso }: Since): string[] {
  const settled = new Set(clusters.filter((cluster) => isSettled(cluster) && cluster.updated_at < iso).map(({ id }) => id))
  return nodes.flatMap(({ cluster_id, task_arn, updated_at }) => {
    if (task_arn === undefined || !settled.has(cluster_id) || updated_at >= iso) return []
    return (things.get(cluster_id) ?? []).some(({ id }) => id === task_arn) ? [] : [task_arn]
  })
}

/**
 * What is not right with a tenant: of clusters only where nobody has been at work for long. Pure.
 * @param things as they were before the tenant was looked at: whatever is among them was written down before it was made
 * @param forgotten tasks that ECS does not know
 */
export function compare(sight: Sight, things: Things, forgotten: ReadonlySet<string>, since: Since): Finding[] {
  const { tenant, clusters, nodes } = sight
  const old = <T extends { updated_at: string }>(records: readonly T[]): T[] => records.filter(({ updated_at }) => updated_at < since.iso)
  const ofCluster = Map.groupBy(nodes, ({ cluster_id }) => cluster_id)
  const known = new Set(clusters.map(({ id }) => id))
  const around = old(clusters).flatMap((cluster): Finding[] => {
    const [its, own] = [things.get(cluster.id) ?? [], ofCluster.get(cluster.id) ?? []]
    if (isGone(cluster)) return leftOf(tenant, cluster, its, own)
    return isSettled(cluster) ? amissOf(tenant, cluster, its, own, (arn) => forgotten.has(arn)) : []
  })
  const ownerless = old(nodes)
    .filter(({ cluster_id }) => !known.has(cluster_id))
    .map(({ id, cluster_id }): Finding => {
      return { kind: 'node', id, tenant, cluster: cluster_id, detail: 'its cluster is not there', repair: { how: 'none' } }
    })
  const operations = sight.operations.filter(({ created_at }) => created_at < since.iso)
  return [
    ...around,
    ...ownerless,
    ...miscounted(sight),
    ...unworked({ ...sight, operations }),
    ...unscheduled({ ...sight, clusters: old(clusters) }),
  ]
}

/**
 * What is there of clusters that no tenant has. An id says when it was made, and a cluster is written down before anything is
 * made for it: one that is younger may have come after its tenant was looked at.
 */
export const ofNobody = (things: Things, known: ReadonlySet<string>, { before }: Since): Finding[] =>
  [...things].flatMap(([cluster, its]) =>
    known.has(cluster) || cluster >= idsAt('cluster', before)
      ? []
      : its.map(({ kind, id, tenant }: Thing): Finding => {
          const detail = 'no tenant has such a cluster'
          return { kind, id, cluster, ...(tenant === undefined ? {} : { tenant }), detail, repair: { how: 'when-named' } }
        }),
  )
