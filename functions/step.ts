import { randomBytes } from 'node:crypto'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SSMClient } from '@aws-sdk/client-ssm'
import { PATIENT } from '../shared/platform/aws-clients.ts'
import { systemClock } from '../shared/platform/clock.ts'
import { containers } from '../shared/platform/containers.ts'
import { readEnv } from '../shared/platform/env.ts'
import { idMaker } from '../shared/platform/ids.ts'
import { jsonLog } from '../shared/platform/log.ts'
import { names } from '../shared/platform/names.ts'
import { network } from '../shared/platform/network.ts'
import { rememberedSecrets } from '../shared/platform/remembered-secrets.ts'
import { ringInvoker } from '../shared/platform/ring.ts'
import { parameterSecrets } from '../shared/platform/secrets.ts'
import { tableClients } from '../shared/platform/tenant-clients.ts'
import { tableFor } from '../shared/platform/tenant-table.ts'
import { definitionTurns } from '../shared/platform/turns.ts'
import { apply } from '../shared/reconcile/apply.ts'
import { cellPlan, type StepDeps } from '../shared/reconcile/deps.ts'
import { StepEvent } from '../shared/reconcile/model.ts'
import { task } from './edge/task.ts'

export function createHandler(overrides: Partial<StepDeps> = {}) {
  const env = readEnv('step')
  const { ownDocuments, under } = tableClients()
  const deps: StepDeps = {
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    clock: systemClock,
    newId: idMaker(systemClock.now),
    log: jsonLog({ function: 'step', cell: env.CELL }),
    random: randomBytes,
    containers: containers(new ECSClient(PATIENT), env.ECS_CLUSTER),
    network: network(new EC2Client(PATIENT), env.VPC_ID),
    names: names(new Route53Client(PATIENT), env.HOSTED_ZONE_ID),
    secrets: rememberedSecrets(parameterSecrets(new SSMClient(PATIENT)), systemClock),
    ring: ringInvoker(env.RING_FUNCTION, systemClock),
    definitionTurns: definitionTurns({ ownDocuments, tableName: env.TABLE_NAME, clock: systemClock, rate: env.DEFINITION_RATE }),
    cell: cellPlan(env),
    ...overrides,
  }
  return task(StepEvent, (event, tenant) => apply(deps, tableFor(deps, tenant), event))
}

export const handler = createHandler()
