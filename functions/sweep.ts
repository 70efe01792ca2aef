import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type RemovalDeps, remove } from '../shared/clusters/changes.ts'
import { sweepClusters } from '../shared/clusters/sweep.ts'
import { startWork } from '../shared/clusters/wake.ts'
import { isoTime, systemClock } from '../shared/platform/clock.ts'
import { readEnv } from '../shared/platform/env.ts'
import { idMaker } from '../shared/platform/ids.ts'
import { jsonLog } from '../shared/platform/log.ts'
import { messageQueue, type Queue } from '../shared/platform/queue.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import { type Workflows, workflows } from '../shared/platform/workflows.ts'
import { sweepTenants, type TenantSweepDeps } from '../shared/tenants/sweep.ts'
import { sweepDeliveries } from '../shared/webhooks/sweep.ts'

type SweepDeps = TenantSweepDeps & RemovalDeps & { workflows: Workflows; queue: Queue }

function sweepDeps(overrides: Partial<SweepDeps>): SweepDeps {
  const env = readEnv('sweep')
  const { ownDocuments, under } = tableClients()
  const deps: SweepDeps = {
    ownDocuments,
    documentsFor: under(env.TENANT_ROLE_ARN),
    keyDocumentsFor: under(env.KEYS_ROLE_ARN),
    tableName: env.TABLE_NAME,
    operationTimeoutSeconds: env.OPERATION_TIMEOUT_SECONDS,
    workflows: workflows(new SFNClient({}), env.STATE_MACHINE_ARN),
    queue: messageQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), env.DELIVERY_QUEUE_URL),
    clock: systemClock,
    log: jsonLog({ function: 'sweep', cell: env.CELL }),
    newId: idMaker(() => deps.clock.now()),
    startWork: (cluster) => startWork(deps.workflows, cluster, isoTime(deps.clock.now())),
    removeCluster: (tenant, id) => remove(deps, tenant, id, { evenProtected: true }),
    ...overrides,
  }
  return deps
}

export function createHandler(overrides: Partial<SweepDeps> = {}) {
  const deps = sweepDeps(overrides)
  return async () => {
    const now = deps.clock.now()
    // Each part has its turn whatever happens to the others.
    const parts = await Promise.allSettled([sweepClusters(deps, now), sweepDeliveries(deps, now), sweepTenants(deps, now)])
    for (const part of parts) {
      if (part.status === 'rejected') deps.log.error('a part of the sweep failed and has its turn again in a minute', part.reason)
    }
    const [clusters = 0, deliveries = 0, tenants = 0] = parts.map((part) => {
      if (part.status === 'rejected') throw part.reason
      return part.value
    })
    const swept = { clusters, deliveries, tenants }
    if (clusters || deliveries || tenants) deps.log.info('swept', swept)
    return swept
  }
}

export const handler = createHandler()
