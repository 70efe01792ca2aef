import { ECSClient } from '@aws-sdk/client-ecs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { PATIENT } from '../shared/platform/aws-clients.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { containers } from '../shared/platform/containers.ts'
import { readEnv } from '../shared/platform/env.ts'
import { drainingAmong, readHosts } from '../shared/platform/hosts.ts'
import { idMaker } from '../shared/platform/ids.ts'
import { jsonLog } from '../shared/platform/log.ts'
import { rememberedSecrets } from '../shared/platform/remembered-secrets.ts'
import { ringInvoker } from '../shared/platform/ring.ts'
import { parameterSecrets } from '../shared/platform/secrets.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import { tableFor } from '../shared/platform/tenant-table.ts'
import type { ObserveDeps } from '../shared/reconcile/deps.ts'
import { ObserveEvent } from '../shared/reconcile/model.ts'
import { reconcile } from '../shared/reconcile/reconcile.ts'
import { task } from './edge/task.ts'

export function createHandler(overrides: Partial<ObserveDeps> = {}) {
  const env = readEnv('observe')
  const { under } = tableClients()
  const ecs = new ECSClient(PATIENT)
  const deps: ObserveDeps = {
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    clock: systemClock,
    newId: idMaker(systemClock.now),
    log: jsonLog({ function: 'observe', cell: env.CELL }),
    containers: containers(ecs, env.ECS_CLUSTER),
    hosts: {
      all: () => readHosts(ecs, env.ECS_CLUSTER),
      drainingAmong: (arns) => drainingAmong(ecs, env.ECS_CLUSTER, arns),
    },
    secrets: rememberedSecrets(parameterSecrets(new SSMClient(PATIENT)), systemClock),
    ring: ringInvoker(env.RING_FUNCTION, systemClock),
    ...overrides,
  }
  return task(ObserveEvent, (event, tenant) => reconcile(deps, tableFor(deps, tenant), event))
}

export const handler = createHandler()
