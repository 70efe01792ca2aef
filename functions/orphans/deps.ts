import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { OrphanDeps } from '../../shared/orphans/deps.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { containers } from '../../shared/platform/containers.ts'
import { readEnv } from '../../shared/platform/env.ts'
import { inventory } from '../../shared/platform/inventory.ts'
import { jsonLog } from '../../shared/platform/log.ts'
import { names } from '../../shared/platform/names.ts'
import { network } from '../../shared/platform/network.ts'
import { parameterSecrets } from '../../shared/platform/secrets.ts'
import { tableClients } from '../../shared/platform/tenant-clients.ts'

/** The clients and settings of functions/orphans, from Lambda's environment. */
export function orphanDeps(overrides: Partial<OrphanDeps>): OrphanDeps {
  const env = readEnv('orphans')
  const { ownDocuments, under } = tableClients()
  const [ecs, ec2, ssm, route53] = [new ECSClient({}), new EC2Client({}), new SSMClient({}), new Route53Client({})]
  return {
    ownDocuments,
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    clock: systemClock,
    log: jsonLog({ function: 'orphans', cell: env.CELL }),
    inventory: inventory({ ecs, ec2, ssm, route53 }, { ecsCluster: env.ECS_CLUSTER, zoneId: env.HOSTED_ZONE_ID }, systemClock),
    containers: containers(ecs, env.ECS_CLUSTER),
    network: network(ec2, env.VPC_ID),
    names: names(route53, env.HOSTED_ZONE_ID),
    secrets: parameterSecrets(ssm),
    cell: { cell: env.CELL, zoneName: env.ZONE_NAME },
    operationTimeoutSeconds: env.OPERATION_TIMEOUT_SECONDS,
    ...overrides,
  }
}
