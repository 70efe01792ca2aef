import type { Delivery, DeliveryWithAttempts } from '../contract/delivery.ts'
import type { Webhook } from '../contract/webhook.ts'
import type { DeliveryRecord, WebhookRecord } from './record.ts'

/** Whether the secret before the newest still signs. */
export const overlaps = ({ previous_secret_expires_at: until }: WebhookRecord, now: number): boolean =>
  until !== undefined && Date.parse(until) > now

/** Of the secrets that sign now, newest first. */
export const liveVersions = (webhook: WebhookRecord, now: number): number[] =>
  overlaps(webhook, now) ? [webhook.secret_version, webhook.secret_version - 1] : [webhook.secret_version]

/** A webhook as its tenant sees it. */
export function webhookView(record: WebhookRecord, now: number): Webhook {
  const { tenant_id: _tenant, revision: _revision, last_sequence: _sequence, waiting_counted: _counted, ...kept } = record
  const { previous_secret_expires_at: until, ...webhook } = kept
  return { ...webhook, ...(until !== undefined && overlaps(record, now) ? { previous_secret_expires_at: until } : {}) }
}

/** A delivery as its tenant sees it in a list. */
export function deliveryView({ next_attempt_at: next, ...record }: DeliveryRecord): Delivery {
  const { id, webhook_id, event, state, attempts_made, created_at, updated_at } = record
  const pending = state === 'pending' && next !== undefined ? { next_attempt_at: next } : {}
  return { id, webhook_id, event, state, attempts_made, ...pending, created_at, updated_at }
}

export const deliveryWithAttempts = (record: DeliveryRecord): DeliveryWithAttempts => ({
  ...deliveryView(record),
  attempts: record.attempts,
})
