import { type ClusterPatch, patchedLabels } from '../contract/cluster.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import { clusterEvent } from './event.ts'
import { type Expects, unchangedSince } from './precondition.ts'
import type { ClusterRecord } from './record.ts'

type Patched = Required<Pick<ClusterRecord, 'name' | 'labels' | 'deletion_protection'>>

const current = ({ name, labels, deletion_protection = false }: ClusterRecord): Patched => ({ name, labels, deletion_protection })

function after(before: ClusterRecord, patch: ClusterPatch): Patched {
  const { name, deletion_protection } = patch
  const is = current(before)
  return {
    name: name === undefined ? is.name : (name ?? before.id),
    labels: patchedLabels(is.labels, patch.labels),
    deletion_protection: deletion_protection === undefined ? is.deletion_protection : (deletion_protection ?? false),
  }
}

const sameLabels = (a: Record<string, string>, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)

const same = (a: Patched, b: Patched): boolean =>
  a.name === b.name && a.deletion_protection === b.deletion_protection && sameLabels(a.labels, b.labels)

/**
 * The cluster with the patch, numbered and told as every other change: the loop, should it be at its end just now, looks again.
 * A patch that changes nothing writes nothing.
 * @throws out_of_range when there would be too many labels
 */
export function patched(
  newId: NewId,
  before: ClusterRecord,
  patch: ClusterPatch,
  now: number,
  expects?: Expects,
): { cluster: ClusterRecord; writes: Write[] } {
  const wanted = after(before, patch)
  if (same(current(before), wanted)) return { cluster: before, writes: [] }
  const at = isoTime(now)
  const cluster: ClusterRecord = { ...before, ...wanted, version: before.version + 1, updated_at: at }
  const { condition, names, values } = unchangedSince(before, expects)
  const write: Write = {
    kind: 'update',
    sk: sk.cluster(before.id),
    update: 'SET #name = :name, labels = :labels, deletion_protection = :protected, #version = :version, updated_at = :at',
    condition: `${condition} AND intent = :present`,
    names: { ...names, '#name': 'name' },
    values: {
      ...values,
      ':present': 'present',
      ':name': wanted.name,
      ':labels': wanted.labels,
      ':protected': wanted.deletion_protection,
      ':version': cluster.version,
      ':at': at,
    },
  }
  return { cluster, writes: [write, clusterEvent(newId, 'cluster.updated', cluster, at)] }
}
