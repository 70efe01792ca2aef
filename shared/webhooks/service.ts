import { AppError, refusal } from '../contract/errors.ts'
import type { Webhook, WebhookCreate, WebhookWithSecret } from '../contract/webhook.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { TenantId } from '../platform/table.ts'
import type { WebhookRecord } from './record.ts'
import type { WebhookSecrets } from './secret.ts'
import { type StoreDeps, webhookStore } from './store.ts'
import type { TargetPolicy } from './target.ts'

export interface WebhookDeps extends StoreDeps {
  newId: NewId
  webhookSecrets: WebhookSecrets
  targetPolicy: TargetPolicy
}

/** What the outside sees: everything but whose it is and how its secret is made. */
function shown({ tenant_id: _tenant, secret_version: _version, ...webhook }: WebhookRecord): Webhook {
  return webhook
}

function newWebhook(deps: WebhookDeps, tenant: TenantId, body: WebhookCreate): WebhookRecord {
  const now = isoTime(deps.clock.now())
  return {
    tenant_id: tenant,
    id: deps.newId('webhook'),
    url: body.url,
    events: [...new Set(body.events ?? (['*'] as const))],
    ...(body.description === undefined ? {} : { description: body.description }),
    state: 'enabled',
    secret_version: 1,
    created_at: now,
    updated_at: now,
  }
}

async function create(deps: WebhookDeps, tenant: TenantId, body: WebhookCreate): Promise<WebhookWithSecret> {
  const problem = deps.targetPolicy.check(body.url)
  if (problem) throw refusal([{ in: 'body', pointer: '/url', code: 'webhook_url_not_allowed', detail: `url ${problem}` }])
  const record = newWebhook(deps, tenant, body)
  const secret = await deps.webhookSecrets.issue(record.id, record.secret_version)
  const full = await webhookStore(deps).add(tenant, record)
  if (full) {
    const { webhooks_used: used, webhooks_limit: limit } = full
    const members = { quota: 'webhooks', used, limit, requested: 1 }
    throw new AppError('quota_exceeded', `The tenant has ${used} of ${limit} webhooks; delete one first`, { members })
  }
  return { ...shown(record), secret }
}

/** Decides over a tenant's webhooks. Refusals are AppErrors. */
export const webhookService = (deps: WebhookDeps) => ({
  /** Answers the secret too, for the only time. */
  create: (tenant: TenantId, body: WebhookCreate) => create(deps, tenant, body),
  get: async (tenant: TenantId, id: string): Promise<Webhook> => {
    const record = await webhookStore(deps).get(tenant, id)
    if (!record) throw new AppError('not_found', `There is no webhook ${id}`)
    return shown(record)
  },
  /** Oldest first; `next` is the id to go on after, absent at the end. */
  list: async (tenant: TenantId, page: { after?: string; limit: number }): Promise<{ items: Webhook[]; next?: string }> => {
    const { items, next } = await webhookStore(deps).list(tenant, page)
    return { items: items.map(shown), ...(next === undefined ? {} : { next }) }
  },
  /** Deliveries under way to it are given up at their next attempt. */
  remove: async (tenant: TenantId, id: string): Promise<void> => {
    if (!(await webhookStore(deps).remove(tenant, id))) throw new AppError('not_found', `There is no webhook ${id}`)
  },
})
