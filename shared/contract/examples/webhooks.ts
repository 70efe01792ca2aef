import type { WEBHOOK_ROUTES } from '../routes/webhooks.ts'
import { type ExamplesOf, SOME } from './example.ts'

const { webhook_id } = SOME

export const WEBHOOK_EXAMPLES: ExamplesOf<typeof WEBHOOK_ROUTES> = {
  createWebhook: { body: { url: 'https://hooks.example.com/ringhold', events: ['cluster.ready', 'cluster.failed'], description: 'pager' } },
  listWebhooks: {},
  getWebhook: { params: { webhook_id } },
  updateWebhook: { params: { webhook_id }, body: { events: ['*'], description: null } },
  enableWebhook: { params: { webhook_id } },
  disableWebhook: { params: { webhook_id } },
  rotateWebhookSecret: { params: { webhook_id }, body: { previous_secret_expires_in: 3600 } },
  revokePreviousWebhookSecret: { params: { webhook_id } },
  deleteWebhook: { params: { webhook_id } },
}
