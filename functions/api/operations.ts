import type { KeyWithSecret } from '../../shared/contract/key.ts'
import type { OperationId } from '../../shared/contract/routes.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { Webhook } from '../../shared/contract/webhook.ts'
import { operationService } from '../../shared/operations/service.ts'
import { tenantService } from '../../shared/tenants/service.ts'
import { webhookService } from '../../shared/webhooks/service.ts'
import { empty, json, resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { type Operation, operation, tenantOperation } from '../edge/operation.ts'
import { clusterOperations } from './clusters.ts'
import type { ApiDeps } from './deps.ts'
import { serviceOperations } from './service.ts'

function tenantOperations(deps: ApiDeps) {
  const tenants = tenantService(deps)
  return {
    createTenant: operation(ROUTES.createTenant, ({ body, once }) =>
      once(
        (key) => tenants.create(body, key),
        (tenant) => ({ ...resource(tenant), status: 201 }),
      ),
    ),
    createKey: operation(ROUTES.createKey, ({ params, body, once }) =>
      once(
        (key) => tenants.createKey(params.tenant_id, body, key),
        (made) => json(201, made),
        ({ key: _secret, ...made }: KeyWithSecret) => json(201, made),
      ),
    ),
  }
}

function operationOperations(deps: ApiDeps) {
  const operations = operationService(deps)
  return {
    listOperations: tenantOperation(ROUTES.listOperations, (request) =>
      listed(request, (page) => operations.list(request.tenant, page, request.query.cluster_id)),
    ),
    getOperation: tenantOperation(ROUTES.getOperation, async ({ tenant, params }) => {
      const found = await operations.get(tenant, params.operation_id)
      return resource(found, found.state === 'running' ? { 'retry-after': '1' } : {})
    }),
  }
}

function webhookOperations(deps: ApiDeps) {
  const webhooks = webhookService(deps)
  return {
    /** The secret is derived, not stored: the stored answer is without it, and every answer with it. */
    createWebhook: tenantOperation(ROUTES.createWebhook, async ({ tenant, body, once }) => {
      const answer = await once(
        (key) => webhooks.create(tenant, body, key),
        (webhook) => json(201, webhook),
      )
      return { ...answer, body: JSON.stringify(await webhooks.withSecret(Webhook.parse(JSON.parse(answer.body)))) }
    }),
    listWebhooks: tenantOperation(ROUTES.listWebhooks, (request) => listed(request, (page) => webhooks.list(request.tenant, page))),
    deleteWebhook: tenantOperation(ROUTES.deleteWebhook, ({ tenant, params, once }) =>
      once(
        (key) => webhooks.remove(tenant, params.webhook_id, key),
        () => empty(204),
      ),
    ),
  }
}

/** What answers each row of the route table; the compiler asks for every one. */
export const apiOperations = (deps: ApiDeps): Record<OperationId, Operation> => ({
  ...tenantOperations(deps),
  ...clusterOperations(deps),
  ...operationOperations(deps),
  ...webhookOperations(deps),
  ...serviceOperations(deps),
})
