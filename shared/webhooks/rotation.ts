import { AppError } from '../contract/errors.ts'
import { overlapMs, type SecretRotation, type Webhook, type WebhookWithSecret } from '../contract/webhook.ts'
import type { Act } from '../idempotency/act.ts'
import { isoTime } from '../platform/clock.ts'
import type { TenantId } from '../platform/table.ts'
import { changeWebhook, type WebhookDeps } from './service.ts'
import { changed, webhookStore } from './store.ts'
import { overlaps, webhookView } from './view.ts'

/** No more than two secrets sign: a third would take the oldest from a receiver that was promised it. */
function assertSettled(webhook: Webhook): void {
  const { previous_secret_expires_at: until } = webhook
  if (until === undefined) return
  const detail = `The secret of version ${webhook.secret_version - 1} signs until ${until}: revoke it first, or rotate with force`
  throw new AppError('secret_rotating', detail, { members: { previous_secret_expires_at: until } })
}

const rotate = (deps: WebhookDeps, tenant: TenantId, id: string, body: SecretRotation, act?: Act<Webhook>) =>
  changeWebhook(deps, tenant, id, act, (before, now) => {
    if (!body.force) assertSettled(webhookView(before, now))
    const overlap = overlapMs(body)
    const { after, write } = changed(before, {
      secret_version: before.secret_version + 1,
      previous_secret_expires_at: overlap > 0 ? isoTime(now + overlap) : undefined,
      updated_at: isoTime(now),
    })
    return { result: webhookView(after, now), writes: [write] }
  })

const revokePrevious = (deps: WebhookDeps, tenant: TenantId, id: string, act?: Act<Webhook>) =>
  changeWebhook(deps, tenant, id, act, (before, now) => {
    if (!overlaps(before, now)) return { result: webhookView(before, now), writes: [] }
    const { after, write } = changed(before, { previous_secret_expires_at: undefined, updated_at: isoTime(now) })
    return { result: webhookView(after, now), writes: [write] }
  })

/** The secrets of a tenant's webhooks: two sign while receivers change over. */
export const secretService = (deps: WebhookDeps) => ({
  /** @throws secret_rotating while the one before still signs */
  rotate: (tenant: TenantId, id: string, body: SecretRotation, act?: Act<Webhook>) => rotate(deps, tenant, id, body, act),
  /** Without one before it changes nothing. */
  revokePrevious: (tenant: TenantId, id: string, act?: Act<Webhook>) => revokePrevious(deps, tenant, id, act),
  /** A webhook with the secret that this answer made. */
  reveal: async (webhook: Webhook): Promise<WebhookWithSecret> => ({
    ...webhook,
    secret: await deps.webhookSecrets.read(webhook.id, webhook.secret_version),
  }),
  /**
   * For an answer that is repeated.
   * @throws secret_shown_once when its secret is no longer the newest: whoever stole an old request learns nothing
   */
  assertNewest: async (tenant: TenantId, { id, secret_version: version }: Webhook): Promise<void> => {
    const webhook = await webhookStore(deps).get(tenant, id)
    if (webhook?.secret_version === version) return
    throw new AppError('secret_shown_once', `The secret of version ${version} was replaced, or its webhook deleted: it is shown no more`)
  },
})
