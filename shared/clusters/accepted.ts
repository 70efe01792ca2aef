import type { AcceptedCluster, Cluster } from '../contract/cluster.ts'
import type { OperationRecord } from '../operations/record.ts'
import { operationView } from '../operations/view.ts'
import type { ClusterRecord } from './record.ts'
import { clusterView } from './view.ts'

/** What was accepted, and the cluster as it looks by itself. */
export interface Accepted {
  accepted: AcceptedCluster
  cluster: Cluster
}

export function acceptedView(record: ClusterRecord, operation: OperationRecord): Accepted {
  const cluster = clusterView(record)
  return { accepted: { ...cluster, operation: operationView(operation) }, cluster }
}
