import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SSMClient } from '@aws-sdk/client-ssm'
import { remove } from '../../shared/clusters/changes.ts'
import type { ClusterDeps } from '../../shared/clusters/deps.ts'
import { startWork } from '../../shared/clusters/wake.ts'
import { isoTime, systemClock } from '../../shared/platform/clock.ts'
import { readEnv } from '../../shared/platform/env.ts'
import { overHttps } from '../../shared/platform/fetch-json.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { jsonLog } from '../../shared/platform/log.ts'
import { previewInvoker } from '../../shared/platform/preview.ts'
import { parameterSecrets } from '../../shared/platform/secrets.ts'
import { tableClients } from '../../shared/platform/tenant-clients.ts'
import type { OwnTableDeps } from '../../shared/platform/tenant-table.ts'
import { workflows } from '../../shared/platform/workflows.ts'
import type { AuthenticateDeps } from '../../shared/tenants/authenticate.ts'
import type { KeyDeps } from '../../shared/tenants/new-key.ts'
import type { TenantDeps } from '../../shared/tenants/service.ts'
import { briefLookupInDns } from '../../shared/webhooks/lookup.ts'
import { webhookSecrets } from '../../shared/webhooks/secret.ts'
import type { WebhookDeps } from '../../shared/webhooks/service.ts'
import { publicTargets } from '../../shared/webhooks/target.ts'

export interface ApiDeps extends ClusterDeps, KeyDeps, OwnTableDeps, WebhookDeps, TenantDeps, AuthenticateDeps {
  /** The OpenAPI document. */
  openApi(): Promise<string>
}

/** The build puts it beside the bundle: cdk/bundle.ts writes what `openApiText()` of shared/contract/openapi.ts answers. */
const OPENAPI_FILE = new URL('./openapi.json', import.meta.url)

/** The clients and settings of functions/api, from Lambda's environment. */
export function apiDeps(overrides: Partial<ApiDeps>): ApiDeps {
  const env = readEnv('api')
  const clock = overrides.clock ?? systemClock
  const { ownDocuments, under } = tableClients()
  const secrets = parameterSecrets(new SSMClient({}))
  const sfn = new SFNClient({})
  const machine = workflows(sfn, env.STATE_MACHINE_ARN)
  const deps: ApiDeps = {
    ownDocuments,
    documentsFor: under(env.TENANT_ROLE_ARN),
    keyDocumentsFor: under(env.KEYS_ROLE_ARN),
    tableName: env.TABLE_NAME,
    cell: env.CELL,
    zoneName: env.ZONE_NAME,
    hostClasses: env.HOST_CLASSES,
    prices: env.PRICES,
    preview: previewInvoker(sfn, env.PREVIEW_FUNCTION),
    operationTimeoutSeconds: env.OPERATION_TIMEOUT_SECONDS,
    clock,
    log: jsonLog({ function: 'api', cell: env.CELL }),
    newId: idMaker(clock.now),
    random: randomBytes,
    secrets,
    webhookSecrets: webhookSecrets({ secrets, cell: env.CELL }),
    targetPolicy: publicTargets(briefLookupInDns),
    startWork: (cluster) => startWork(machine, cluster, isoTime(clock.now())),
    openApi: () => readFile(OPENAPI_FILE, 'utf8'),
    plans: env.PLANS,
    issuers: env.ISSUERS,
    fetchJson: overHttps,
    removeCluster: (tenant, id) => remove(deps, tenant, id, { evenProtected: true }),
    ...overrides,
  }
  return deps
}
