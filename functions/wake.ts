import { SFNClient } from '@aws-sdk/client-sfn'
import { readCluster } from '../shared/clusters/lease.ts'
import { noteWake, startWork } from '../shared/clusters/wake.ts'
import { isoTime, systemClock } from '../shared/platform/clock.ts'
import { readEnv } from '../shared/platform/env.ts'
import { jsonLog, type Log } from '../shared/platform/log.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import { type TableDeps, tableFor } from '../shared/platform/tenant-table.ts'
import { type Workflows, workflows } from '../shared/platform/workflows.ts'
import { type Reason, reasonsOf } from './edge/wake-source.ts'

export function createHandler(overrides: Partial<TableDeps & { workflows: Workflows; log: Log }> = {}) {
  const env = readEnv('wake')
  const { under } = tableClients()
  const deps = {
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    workflows: workflows(new SFNClient({}), env.STATE_MACHINE_ARN),
    log: jsonLog({ function: 'wake', cell: env.CELL }),
    ...overrides,
  }
  async function follow({ tenant, clusterId, noted, runs }: Reason): Promise<void> {
    const table = tableFor(deps, tenant)
    const now = systemClock.now()
    const cluster = await (noted ? readCluster(table, clusterId) : noteWake(table, clusterId, now, { evenGone: runs }))
    if (cluster) await startWork(deps.workflows, cluster, isoTime(now))
  }
  return async (event: unknown) => {
    const reasons = reasonsOf(event)
    const ends = await Promise.allSettled(reasons.map(follow))
    const failed = reasons.flatMap((reason, i) => {
      const end = ends[i]
      if (end?.status !== 'rejected') return []
      deps.log.error('a reason to look could not be followed and will come again', end.reason, { cluster: reason.clusterId })
      return [reason]
    })
    // An event of EventBridge's has no parts that could be reported: it is tried again whole.
    const cause = ends.find((end) => end.status === 'rejected')
    if (cause && failed.some((reason) => reason.sequenceNumber === undefined)) throw cause.reason
    return { batchItemFailures: failed.map((reason) => ({ itemIdentifier: reason.sequenceNumber })) }
  }
}

export const handler = createHandler()
