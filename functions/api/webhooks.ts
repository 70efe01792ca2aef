import { ROUTES } from '../../shared/contract/routes.ts'
import { Webhook } from '../../shared/contract/webhook.ts'
import { type WebhookDeps, webhookService } from '../../shared/webhooks/service.ts'
import { empty, json } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

export function webhookOperations(deps: WebhookDeps) {
  const webhooks = webhookService(deps)
  return {
    /** The secret is derived, not stored: the stored answer is without it, and every answer with it. */
    createWebhook: tenantOperation(ROUTES.createWebhook, async ({ tenant, body, change }) => {
      const answer = await change(
        (act) => webhooks.create(tenant, body, act),
        (webhook) => json(201, webhook),
      )
      return { ...answer, body: JSON.stringify(await webhooks.withSecret(Webhook.parse(JSON.parse(answer.body)))) }
    }),
    listWebhooks: tenantOperation(ROUTES.listWebhooks, (request) => listed(request, (page) => webhooks.list(request.tenant, page))),
    deleteWebhook: tenantOperation(ROUTES.deleteWebhook, ({ tenant, params, change }) =>
      change(
        (act) => webhooks.remove(tenant, params.webhook_id, act),
        () => empty(204),
      ),
    ),
  }
}
