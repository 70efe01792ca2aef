import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { systemClock } from '../../shared/platform/clock.ts'
import { readEnv } from '../../shared/platform/env.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { jsonLog } from '../../shared/platform/log.ts'
import { messageQueue } from '../../shared/platform/queue.ts'
import { parameterSecrets } from '../../shared/platform/secrets.ts'
import { tableClients } from '../../shared/platform/tenant-clients.ts'
import type { DeliverDeps } from '../../shared/webhooks/deliver.ts'
import { lookupInDns } from '../../shared/webhooks/lookup.ts'
import { poster } from '../../shared/webhooks/post.ts'
import { webhookSecrets } from '../../shared/webhooks/secret.ts'
import { publicTargets } from '../../shared/webhooks/target.ts'

/** The clients and settings of functions/deliver, from Lambda's environment. */
export function deliverDeps(overrides: Partial<DeliverDeps>): DeliverDeps {
  const env = readEnv('deliver')
  const { under } = tableClients()
  return {
    documentsFor: under(env.TENANT_ROLE_ARN),
    tableName: env.TABLE_NAME,
    queue: messageQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), env.DELIVERY_QUEUE_URL),
    webhookSecrets: webhookSecrets({ secrets: parameterSecrets(new SSMClient({})), cell: env.CELL }),
    targetPolicy: publicTargets(lookupInDns),
    post: poster(),
    clock: systemClock,
    newId: idMaker(systemClock.now),
    random: Math.random,
    log: jsonLog({ function: 'deliver', cell: env.CELL }),
    ...overrides,
  }
}
