import type { Attempt } from '../contract/delivery.ts'
import { isoTime } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { measured } from '../platform/metrics.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import type { DeliveryRecord, WebhookRecord } from './record.ts'
import { disabling, type StoreDeps, webhookStore } from './store.ts'

export type HealthDeps = StoreDeps & { newId: NewId; log: Log }

const HOUR = 3_600_000
/** Without any success for so long a webhook is disabled ... */
export const FAILING_MS = 5 * 24 * HOUR
/**
 * ... once a delivery fails that has failed for this long as well. A receiver that is rarely sent anything may have been well
 * for days before it fails again: one failure is not five days of it.
 */
export const FAILING_DELIVERY_MS = 12 * HOUR

/** @param round the attempts since the delivery was sent, or sent again, this one included, oldest first */
export function failedForGood(failingSince: string | undefined, round: Pick<Attempt, 'at'>[], now: number): boolean {
  const [first] = round
  if (failingSince === undefined || first === undefined) return false
  return now - Date.parse(failingSince) >= FAILING_MS && now - Date.parse(first.at) >= FAILING_DELIVERY_MS
}

/** A write only where it says something new. */
async function noteFailure(deps: StoreDeps, tenant: TenantId, webhook: WebhookRecord, at: string): Promise<void> {
  if (webhook.failing_since !== undefined) return
  await tableFor(deps, tenant)
    .update(sk.webhook(webhook.id), {
      update: 'SET failing_since = :at',
      condition: 'attribute_exists(sk) AND attribute_not_exists(failing_since)',
      values: { ':at': at },
    })
    .catch(unlessRefused)
}

async function noteSuccess(deps: StoreDeps, tenant: TenantId, webhook: WebhookRecord): Promise<void> {
  if (webhook.failing_since === undefined) return
  await tableFor(deps, tenant)
    .update(sk.webhook(webhook.id), { update: 'REMOVE failing_since', condition: 'attribute_exists(failing_since)' })
    .catch(unlessRefused)
}

/** Times in a row that others may change a webhook first. Then that is an error, and the next attempt that fails tries again. */
const ATTEMPTS = 8

/** Disables what is still enabled, whoever else changes it at the same time, and says so by an event. */
async function disable(deps: HealthDeps, tenant: TenantId, id: string, reason: 'gone' | 'failing'): Promise<void> {
  const overtaken = (error: unknown) => error instanceof TransactionRefused && error.reasons.includes('ConditionalCheckFailed')
  for (let attempt = 1; ; attempt += 1) {
    const webhook = await webhookStore(deps).get(tenant, id)
    // Deleted, disabled or, in the meantime, well.
    if (webhook?.state !== 'enabled' || (reason === 'failing' && webhook.failing_since === undefined)) return
    const now = deps.clock.now()
    const { writes } = disabling(deps.newId, webhook, reason, isoTime(now))
    try {
      await pastConflicts(deps.clock, () => tableFor(deps, tenant).transact(writes))
      return deps.log.warn('a webhook was disabled', {
        tenant_id: tenant,
        webhook_id: id,
        reason,
        ...measured(now, { WebhooksDisabled: 1 }),
      })
    } catch (error) {
      if (!overtaken(error) || attempt === ATTEMPTS) throw error
    }
  }
}

/** What an attempt tells of the receiver. `delivery` is as it was claimed. */
export async function noteHealth(
  deps: HealthDeps,
  tenant: TenantId,
  { webhook, delivery, made }: { webhook: WebhookRecord; delivery: DeliveryRecord; made: Attempt },
): Promise<void> {
  if (made.outcome === 'success') return noteSuccess(deps, tenant, webhook)
  if (made.status === 410) return disable(deps, tenant, webhook.id, 'gone')
  const round = [...(delivery.attempts_made === 0 ? [] : delivery.attempts.slice(-delivery.attempts_made)), made]
  if (failedForGood(webhook.failing_since, round, deps.clock.now())) return disable(deps, tenant, webhook.id, 'failing')
  return noteFailure(deps, tenant, webhook, made.at)
}
