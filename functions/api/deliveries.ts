import type { Delivery } from '../../shared/contract/delivery.ts'
import { ROUTES } from '../../shared/contract/routes.ts'
import { type DeliveriesDeps, deliveryService } from '../../shared/webhooks/deliveries.ts'
import { recoveryService } from '../../shared/webhooks/recover.ts'
import { type Answer, json, resource } from '../edge/answer.ts'
import { listed } from '../edge/listing.ts'
import { tenantOperation } from '../edge/operation.ts'

const underWay = (delivery: Delivery): Answer =>
  json(202, delivery, { location: `/v1/webhooks/${delivery.webhook_id}/deliveries/${delivery.id}` })

export function deliveryOperations(deps: DeliveriesDeps) {
  const [deliveries, recovery] = [deliveryService(deps), recoveryService(deps)]
  return {
    testWebhook: tenantOperation(ROUTES.testWebhook, ({ tenant, params, change }) =>
      change((act) => deliveries.test(tenant, params.webhook_id, act), underWay),
    ),
    recoverWebhook: tenantOperation(ROUTES.recoverWebhook, ({ tenant, params, body, change }) =>
      change(
        (act) => recovery.recover(tenant, params.webhook_id, body, act),
        (recovered) => json(202, recovered),
      ),
    ),
    listDeliveries: tenantOperation(ROUTES.listDeliveries, (request) => {
      const { state, type } = request.query
      return listed(request, (page) => deliveries.list(request.tenant, request.params.webhook_id, { state, type }, page))
    }),
    getDelivery: tenantOperation(ROUTES.getDelivery, async ({ tenant, params }) =>
      resource(await deliveries.get(tenant, params.webhook_id, params.delivery_id)),
    ),
    redeliver: tenantOperation(ROUTES.redeliver, ({ tenant, params, change }) =>
      change((act) => deliveries.redeliver(tenant, params.webhook_id, params.delivery_id, act), underWay),
    ),
  }
}
