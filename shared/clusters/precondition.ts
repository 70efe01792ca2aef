import type { Cluster } from '../contract/cluster.ts'
import { AppError } from '../contract/errors.ts'
import type { Change } from '../platform/tenant-table.ts'
import type { ClusterRecord } from './record.ts'
import { clusterView } from './view.ts'

/** Whether the cluster, as it is shown, is still the one that the caller has seen. */
export type Expects = (cluster: Cluster) => boolean

/** @throws precondition_failed */
export function assertExpected(expects: Expects | undefined, record: ClusterRecord): void {
  if (expects === undefined || expects(clusterView(record))) return
  throw new AppError('precondition_failed', `Cluster ${record.id} has changed since: read it again, and decide anew`)
}

/**
 * What holds while nothing that is shown of the cluster has changed: every change of it has a version of its own, but those of
 * its conditions. Without an expectation only the version counts, since nothing may be numbered twice.
 */
export const unchangedSince = (record: ClusterRecord, expects: Expects | undefined): Required<Omit<Change, 'update'>> => ({
  condition: `#version = :seen_version${expects ? ' AND #conditions = :seen_conditions' : ''}`,
  names: { '#version': 'version', ...(expects ? { '#conditions': 'conditions' } : {}) },
  values: { ':seen_version': record.version, ...(expects ? { ':seen_conditions': record.conditions } : {}) },
})
