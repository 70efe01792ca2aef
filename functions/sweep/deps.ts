import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type RemovalDeps, remove } from '../../shared/clusters/changes.ts'
import type { LeavingDeps } from '../../shared/clusters/leaving.ts'
import { startWork } from '../../shared/clusters/wake.ts'
import { isoTime, systemClock } from '../../shared/platform/clock.ts'
import { readEnv } from '../../shared/platform/env.ts'
import { type GoneHosts, goneHosts } from '../../shared/platform/gone-hosts.ts'
import { type HostNews, hostNews } from '../../shared/platform/hosts.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { jsonLog } from '../../shared/platform/log.ts'
import { messageQueue, type Queue } from '../../shared/platform/queue.ts'
import { startersOn } from '../../shared/platform/starters.ts'
import { tableClients } from '../../shared/platform/tenant-clients.ts'
import { type Workflows, workflows } from '../../shared/platform/workflows.ts'
import type { TenantSweepDeps } from '../../shared/tenants/sweep.ts'

export type SweepDeps = TenantSweepDeps &
  RemovalDeps & {
    workflows: Workflows
    queue: Queue
    hostNews(): Promise<HostNews>
    goneHosts: GoneHosts
    startersOn: LeavingDeps['startersOn']
  }

/** The clients and settings of functions/sweep, from Lambda's environment. */
export function sweepDeps(overrides: Partial<SweepDeps>): SweepDeps {
  const env = readEnv('sweep')
  const { ownDocuments, under } = tableClients()
  const ecs = new ECSClient({})
  const deps: SweepDeps = {
    ownDocuments,
    documentsFor: under(env.TENANT_ROLE_ARN),
    keyDocumentsFor: under(env.KEYS_ROLE_ARN),
    tableName: env.TABLE_NAME,
    operationTimeoutSeconds: env.OPERATION_TIMEOUT_SECONDS,
    workflows: workflows(new SFNClient({}), env.STATE_MACHINE_ARN),
    hostNews: () => hostNews(ecs, env.ECS_CLUSTER),
    goneHosts: goneHosts(new EC2Client({}), ecs, env.ECS_CLUSTER),
    startersOn: (host) => startersOn(ecs, env.ECS_CLUSTER, host),
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
