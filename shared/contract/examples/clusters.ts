import type { CLUSTER_ROUTES } from '../routes/clusters.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { cluster_id } = SOME

export const CLUSTER_EXAMPLES: ExamplesOf<typeof CLUSTER_ROUTES> = {
  createCluster: {
    headers: { 'Idempotency-Key': 'orders-2030-01-31' },
    body: { engine: 'valkey', name: 'orders', size: '1g', shards: 3, replicas: 1, labels: { team: 'checkout' } },
  },
  listClusters: { query: { limit: '50', state: 'creating,ready', label: 'team:checkout' } },
  getCluster: { params: { cluster_id } },
  updateCluster: { params: { cluster_id }, body: { name: 'orders-eu', labels: { team: 'payments' } } },
  deleteCluster: { params: { cluster_id } },
  listNodes: { params: { cluster_id } },
  getConnection: { params: { cluster_id } },
}
