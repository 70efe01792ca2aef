import { ROUTES } from '../../shared/contract/routes.ts'
import { Webhook } from '../../shared/contract/webhook.ts'
import type { TenantId } from '../../shared/platform/table.ts'
import { secretService } from '../../shared/webhooks/rotation.ts'
import { type WebhookDeps, webhookService } from '../../shared/webhooks/service.ts'
import { type Answer, empty, json, resource } from '../edge/answer.ts'
import { expectationOf } from '../edge/if-match.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

const shown = (webhook: Webhook): Answer => resource(webhook)

/** Those that answer a secret. It is derived, not stored: the stored answer is without it. */
function revealingOperations(deps: WebhookDeps) {
  const [webhooks, secrets] = [webhookService(deps), secretService(deps)]
  const revealed = async (tenant: TenantId, answer: Answer): Promise<Answer> => {
    const webhook = Webhook.parse(JSON.parse(answer.body))
    if (answer.headers['idempotent-replayed']) await secrets.assertNewest(tenant, webhook)
    return { ...answer, body: JSON.stringify(await secrets.reveal(webhook)) }
  }
  const noStore = { 'cache-control': 'no-store' }
  return {
    createWebhook: tenantOperation(ROUTES.createWebhook, async ({ tenant, body, change }) =>
      revealed(
        tenant,
        await change(
          (act) => webhooks.create(tenant, body, act),
          (webhook: Webhook) => json(201, webhook, { location: `/v1/webhooks/${webhook.id}`, ...noStore }),
        ),
      ),
    ),
    rotateWebhookSecret: tenantOperation(ROUTES.rotateWebhookSecret, async ({ tenant, params, body, change }) =>
      revealed(
        tenant,
        await change(
          (act) => secrets.rotate(tenant, params.webhook_id, body, act),
          (webhook: Webhook) => json(200, webhook, noStore),
        ),
      ),
    ),
  }
}

export function webhookOperations(deps: WebhookDeps) {
  const [webhooks, secrets] = [webhookService(deps), secretService(deps)]
  return {
    ...revealingOperations(deps),
    listWebhooks: tenantOperation(ROUTES.listWebhooks, (request) => listed(request, (page) => webhooks.list(request.tenant, page))),
    getWebhook: tenantOperation(ROUTES.getWebhook, async ({ tenant, params }) => shown(await webhooks.get(tenant, params.webhook_id))),
    updateWebhook: tenantOperation(ROUTES.updateWebhook, ({ tenant, params, body, header, change }) => {
      const expects = expectationOf(header('if-match'))
      return change((act) => webhooks.update(tenant, params.webhook_id, body, { act, expects }), shown)
    }),
    enableWebhook: tenantOperation(ROUTES.enableWebhook, ({ tenant, params, change }) =>
      change((act) => webhooks.enable(tenant, params.webhook_id, act), shown),
    ),
    disableWebhook: tenantOperation(ROUTES.disableWebhook, ({ tenant, params, change }) =>
      change((act) => webhooks.disable(tenant, params.webhook_id, act), shown),
    ),
    revokePreviousWebhookSecret: tenantOperation(ROUTES.revokePreviousWebhookSecret, ({ tenant, params, change }) =>
      change((act) => secrets.revokePrevious(tenant, params.webhook_id, act), shown),
    ),
    deleteWebhook: tenantOperation(ROUTES.deleteWebhook, ({ tenant, params, change }) =>
      change(
        (act) => webhooks.remove(tenant, params.webhook_id, act),
        () => empty(204),
      ),
    ),
  }
}
