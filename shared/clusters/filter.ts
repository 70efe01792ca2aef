import type { ClusterFilter } from '../contract/cluster-query.ts'
import type { LabelWanted } from '../contract/label-selector.ts'
import type { ClusterRecord } from './record.ts'

/** As names are compared: the same in upper and lower case. */
export const folded = (name: string): string => name.normalize('NFC').toLowerCase()

const labelled = (labels: Record<string, string>, { name, value }: LabelWanted): boolean =>
  Object.hasOwn(labels, name) && (value === undefined || labels[name] === value)

/** Whether a list that is asked for so shows the cluster; the deleted are shown to who asks for that state. */
export function isWanted(filter: ClusterFilter, cluster: ClusterRecord): boolean {
  const { state, engine, name, label = [], created_after, created_before } = filter
  return (
    (state === undefined ? cluster.state !== 'deleted' : state.includes(cluster.state)) &&
    (engine === undefined || engine.some((wanted) => wanted === cluster.spec.engine)) &&
    (name === undefined || folded(cluster.name).startsWith(folded(name))) &&
    label.every((wanted) => labelled(cluster.labels, wanted)) &&
    (created_after === undefined || cluster.created_at > created_after) &&
    (created_before === undefined || cluster.created_at < created_before)
  )
}
