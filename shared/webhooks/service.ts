import { AppError, refusal } from '../contract/errors.ts'
import type { Webhook, WebhookCreate, WebhookUpdate } from '../contract/webhook.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit, type Proposal } from '../idempotency/commit.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { PageOf, PageRequest } from '../platform/listing.ts'
import type { TenantId } from '../platform/table.ts'
import { tableFor } from '../platform/tenant-table.ts'
import { assertNotSuspended } from '../tenants/suspended.ts'
import type { WebhookRecord } from './record.ts'
import type { WebhookSecrets } from './secret.ts'
import { addition, changed, disabling, removal, type StoreDeps, type WebhookQuota, webhookStore } from './store.ts'
import { problemWith, type TargetPolicy } from './target.ts'
import { webhookView } from './view.ts'

export interface WebhookDeps extends StoreDeps {
  newId: NewId
  webhookSecrets: WebhookSecrets
  targetPolicy: TargetPolicy
}

/** Of the secret that a webhook is made with. */
const FIRST_VERSION = 1

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
    revision: 1,
    last_sequence: 0,
    created_at: now,
    updated_at: now,
  }
}

/** @throws webhook_url_not_allowed */
async function allowed({ targetPolicy }: WebhookDeps, url: string): Promise<void> {
  const problem = await problemWith(targetPolicy, url)
  if (problem) throw refusal([{ in: 'body', pointer: '/url', code: 'webhook_url_not_allowed', detail: `url ${problem}` }])
}

/** The same, looked at once however often a change is decided on. */
function allowedOnce(deps: WebhookDeps, url: string): () => Promise<void> {
  let looked: Promise<void> | undefined
  return () => {
    looked ??= allowed(deps, url)
    return looked
  }
}

/** @throws tenant_suspended, quota_exceeded */
function room(quota: WebhookQuota): void {
  assertNotSuspended(quota)
  const { webhooks_used: used, webhooks_limit: limit } = quota
  if (used < limit) return
  const members = { quota: 'webhooks', used, limit, requested: 1 }
  throw new AppError('quota_exceeded', `The tenant has ${used} of ${limit} webhooks; delete one first`, { members })
}

async function create(deps: WebhookDeps, tenant: TenantId, body: WebhookCreate, act?: Act<Webhook>): Promise<Committed<Webhook>> {
  const record = newWebhook(deps, tenant, body)
  const look = allowedOnce(deps, body.url)
  // Before anything is written: the first one of a cell makes what secrets are derived from.
  await deps.webhookSecrets.issue(record.id, record.secret_version)
  return commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    await look()
    room(await webhookStore(deps).quota(tenant))
    return { result: webhookView(record, deps.clock.now()), writes: addition(record) }
  })
}

/** @throws not_found */
export async function existingWebhook(deps: StoreDeps, tenant: TenantId, id: string): Promise<WebhookRecord> {
  const record = await webhookStore(deps).get(tenant, id)
  if (!record) throw new AppError('not_found', `There is no webhook ${id}`)
  return record
}

/** Changes one webhook as it is found. `decide` may be asked again. */
export const changeWebhook = <T>(
  deps: StoreDeps,
  tenant: TenantId,
  id: string,
  act: Act<T> | undefined,
  decide: (before: WebhookRecord, now: number) => Proposal<T> | Promise<Proposal<T>>,
): Promise<Committed<T>> =>
  commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () =>
    decide(await existingWebhook(deps, tenant, id), deps.clock.now()),
  )

export interface Asked {
  act?: Act<Webhook>
  /** Whether the webhook, as it is shown, is still the one that the caller has seen. */
  expects?: ((webhook: Webhook) => boolean) | undefined
}

function update(
  deps: WebhookDeps,
  tenant: TenantId,
  id: string,
  body: WebhookUpdate,
  { act, expects }: Asked,
): Promise<Committed<Webhook>> {
  const look = allowedOnce(deps, body.url ?? '')
  return changeWebhook(deps, tenant, id, act, async (before, now) => {
    if (expects && !expects(webhookView(before, now)))
      throw new AppError('precondition_failed', `Webhook ${id} has changed since: read it again, and decide anew`)
    const moved = body.url !== undefined && body.url !== before.url
    if (moved) await look()
    const { after, write } = changed(before, {
      // Another receiver has a record of its own.
      ...(moved ? { url: body.url, failing_since: undefined } : {}),
      ...(body.events === undefined ? {} : { events: [...new Set(body.events)] }),
      ...(body.description === undefined ? {} : { description: body.description ?? undefined }),
      updated_at: isoTime(now),
    })
    return { result: webhookView(after, now), writes: [write] }
  })
}

const enable = (deps: WebhookDeps, tenant: TenantId, id: string, act?: Act<Webhook>) =>
  changeWebhook(deps, tenant, id, act, (before, now) => {
    if (before.state === 'enabled') return { result: webhookView(before, now), writes: [] }
    const clean = { disabled_reason: undefined, disabled_at: undefined, failing_since: undefined }
    const { after, write } = changed(before, { state: 'enabled', ...clean, updated_at: isoTime(now) })
    return { result: webhookView(after, now), writes: [write] }
  })

const disable = (deps: WebhookDeps, tenant: TenantId, id: string, act?: Act<Webhook>) =>
  changeWebhook(deps, tenant, id, act, (before, now) => {
    if (before.state === 'disabled') return { result: webhookView(before, now), writes: [] }
    const { after, writes } = disabling(deps.newId, before, 'requested', isoTime(now))
    return { result: webhookView(after, now), writes }
  })

/** Decides over a tenant's webhooks. Refusals are AppErrors; whose webhook it is not, for them it is `not_found`. */
export const webhookService = (deps: WebhookDeps) => ({
  create: (tenant: TenantId, body: WebhookCreate, act?: Act<Webhook>) => create(deps, tenant, body, act),
  get: async (tenant: TenantId, id: string): Promise<Webhook> => webhookView(await existingWebhook(deps, tenant, id), deps.clock.now()),
  /** Oldest first. */
  list: async (tenant: TenantId, page: PageRequest): Promise<PageOf<Webhook>> => {
    const { items, ...rest } = await webhookStore(deps).list(tenant, page)
    return { ...rest, items: items.map((record) => webhookView(record, deps.clock.now())) }
  },
  /** What is under way goes to the new URL at its next attempt. */
  update: (tenant: TenantId, id: string, body: WebhookUpdate, asked: Asked = {}) => update(deps, tenant, id, body, asked),
  /** One that is enabled is left as it is. */
  enable: (tenant: TenantId, id: string, act?: Act<Webhook>) => enable(deps, tenant, id, act),
  /** Deliveries under way to it are given up at their next attempt. */
  disable: (tenant: TenantId, id: string, act?: Act<Webhook>) => disable(deps, tenant, id, act),
  /** Deliveries under way to it are given up at their next attempt. */
  remove: (tenant: TenantId, id: string, act?: Act<void>): Promise<Committed<void>> =>
    changeWebhook(deps, tenant, id, act, () => ({ result: undefined, writes: removal(id) })),
})
