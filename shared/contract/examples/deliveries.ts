import type { DELIVERY_ROUTES } from '../routes/deliveries.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { webhook_id, delivery_id } = SOME

export const DELIVERY_EXAMPLES: ExamplesOf<typeof DELIVERY_ROUTES> = {
  testWebhook: { params: { webhook_id } },
  recoverWebhook: { params: { webhook_id }, body: { since: '2026-01-31T12:00:00Z' } },
  listDeliveries: { params: { webhook_id }, query: { state: 'failed' } },
  getDelivery: { params: { webhook_id, delivery_id } },
  redeliver: { params: { webhook_id, delivery_id } },
}
