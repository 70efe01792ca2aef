import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { sweepClusters } from '../shared/clusters/sweep.ts'
import { type Clock, systemClock } from '../shared/platform/clock.ts'
import { readEnv } from '../shared/platform/env.ts'
import { jsonLog } from '../shared/platform/log.ts'
import { messageQueue, type Queue } from '../shared/platform/queue.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import type { OwnTableDeps, TableDeps } from '../shared/platform/tenant-table.ts'
import { type Workflows, workflows } from '../shared/platform/workflows.ts'
import { sweepDeliveries } from '../shared/webhooks/sweep.ts'

export function createHandler(overrides: Partial<TableDeps & OwnTableDeps & { workflows: Workflows; queue: Queue; clock: Clock }> = {}) {
  const env = readEnv('sweep')
  const { ownDocuments, under } = tableClients()
  const log = jsonLog({ function: 'sweep', cell: env.CELL })
  const deps = {
    ownDocuments,
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    workflows: workflows(new SFNClient({}), env.STATE_MACHINE_ARN),
    queue: messageQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), env.DELIVERY_QUEUE_URL),
    clock: systemClock,
    ...overrides,
  }
  return async () => {
    const now = deps.clock.now()
    // Each half has its turn whatever happens to the other.
    const [clusters, deliveries] = await Promise.allSettled([sweepClusters(deps, now), sweepDeliveries(deps, now)])
    for (const half of [clusters, deliveries]) if (half.status === 'rejected') throw half.reason
    const swept = {
      clusters: clusters.status === 'fulfilled' && clusters.value,
      deliveries: deliveries.status === 'fulfilled' && deliveries.value,
    }
    if (swept.clusters || swept.deliveries) log.info('swept', swept)
    return swept
  }
}

export const handler = createHandler()
