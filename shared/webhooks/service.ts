import { AppError, refusal } from '../contract/errors.ts'
import type { Webhook, WebhookCreate, WebhookWithSecret } from '../contract/webhook.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { TenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import type { WebhookRecord } from './record.ts'
import type { WebhookSecrets } from './secret.ts'
import { addition, removal, type StoreDeps, type WebhookQuota, webhookStore } from './store.ts'
import { problemWith, type TargetPolicy } from './target.ts'

export interface WebhookDeps extends StoreDeps {
  newId: NewId
  webhookSecrets: WebhookSecrets
  targetPolicy: TargetPolicy
}

/** Of the secret that a webhook is made with. */
const FIRST_VERSION = 1

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
    secret_version: FIRST_VERSION,
    created_at: now,
    updated_at: now,
  }
}

/** @throws webhook_url_not_allowed */
async function allowed({ targetPolicy }: WebhookDeps, url: string): Promise<void> {
  const problem = await problemWith(targetPolicy, url)
  if (problem) throw refusal([{ in: 'body', pointer: '/url', code: 'webhook_url_not_allowed', detail: `url ${problem}` }])
}

/** @throws quota_exceeded */
function room({ webhooks_used: used, webhooks_limit: limit }: WebhookQuota): void {
  if (used < limit) return
  const members = { quota: 'webhooks', used, limit, requested: 1 }
  throw new AppError('quota_exceeded', `The tenant has ${used} of ${limit} webhooks; delete one first`, { members })
}

async function create(deps: WebhookDeps, tenant: TenantId, body: WebhookCreate, act?: Act<Webhook>): Promise<Committed<Webhook>> {
  const record = newWebhook(deps, tenant, body)
  // Before anything is written: the first one of a cell makes what secrets are derived from.
  await deps.webhookSecrets.issue(record.id, record.secret_version)
  return commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    await allowed(deps, body.url)
    room(await webhookStore(deps).quota(tenant))
    return { result: shown(record), writes: addition(record) }
  })
}

async function remove(deps: WebhookDeps, tenant: TenantId, id: string, act?: Act<void>): Promise<Committed<void>> {
  return commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    if (!(await webhookStore(deps).get(tenant, id))) throw new AppError('not_found', `There is no webhook ${id}`)
    return { result: undefined, writes: removal(id) }
  })
}

/** Decides over a tenant's webhooks. Refusals are AppErrors. */
export const webhookService = (deps: WebhookDeps) => ({
  create: (tenant: TenantId, body: WebhookCreate, act?: Act<Webhook>) => create(deps, tenant, body, act),
  /** A webhook as its maker is shown it, for the only time. */
  withSecret: async (webhook: Webhook): Promise<WebhookWithSecret> => ({
    ...webhook,
    secret: await deps.webhookSecrets.read(webhook.id, FIRST_VERSION),
  }),
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
  remove: (tenant: TenantId, id: string, act?: Act<void>) => remove(deps, tenant, id, act),
})
