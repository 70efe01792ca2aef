import * as z from 'zod'
import { type EventType, eventsExpire } from '../contract/event.ts'
import type { DisabledReason } from '../contract/webhook.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { type PageOf, type PageRequest, readPage } from '../platform/listing.ts'
import { everyPage } from '../platform/pages.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor, type Write } from '../platform/tenant-table.ts'
import { NOT_SUSPENDED, Suspendable } from '../tenants/suspended.ts'
import { WebhookRecord } from './record.ts'

export type StoreDeps = TableDeps & { clock: Clock }

/** Of the tenant's `QUOTA` item. */
const WebhookQuota = Suspendable.extend({ webhooks_used: z.int(), webhooks_limit: z.int() })
export type WebhookQuota = z.infer<typeof WebhookQuota>

/** The webhook, counted. */
export const addition = (record: WebhookRecord): Write[] => [
  { kind: 'put', sk: sk.webhook(record.id), item: record, when: { condition: 'attribute_not_exists(sk)' } },
  {
    kind: 'update',
    sk: sk.quota,
    update: 'ADD webhooks_used :one',
    condition: `webhooks_used < webhooks_limit AND ${NOT_SUSPENDED}`,
    values: { ':one': 1 },
  },
]

/** No webhook, and one less that counts. */
export const removal = (id: string): Write[] => [
  { kind: 'delete', sk: sk.webhook(id), when: { condition: 'attribute_exists(sk)' } },
  { kind: 'update', sk: sk.quota, update: 'ADD webhooks_used :less', values: { ':less': -1 } },
]

/** What is to change; `undefined` takes a member away. */
type WebhookChange = { [K in keyof WebhookRecord]?: WebhookRecord[K] | undefined }
export interface Changed {
  after: WebhookRecord
  write: Write
}

/**
 * Changes a webhook as it was read: refused when another change was faster.
 * @param counted deliveries that begin to wait with it, of those that are counted
 */
export function changed(before: WebhookRecord, change: WebhookChange, counted = 0): Changed {
  const members = Object.entries({ ...change, revision: before.revision + 1 })
  const after = Object.entries({ ...before, ...Object.fromEntries(members) }).filter(([, value]) => value !== undefined)
  const set = members.filter(([, value]) => value !== undefined)
  const removed = members.filter(([, value]) => value === undefined)
  const parts = [
    `SET ${set.map(([name]) => `#${name} = :${name}`)}`,
    ...(removed.length > 0 ? [`REMOVE ${removed.map(([name]) => `#${name}`)}`] : []),
    ...(counted > 0 ? ['ADD waiting_counted :counted'] : []),
  ]
  const write: Write = {
    kind: 'update',
    sk: sk.webhook(before.id),
    update: parts.join(' '),
    condition: '#revision = :seen',
    names: Object.fromEntries(members.map(([name]) => [`#${name}`, name])),
    values: {
      ':seen': before.revision,
      ...(counted > 0 ? { ':counted': counted } : {}),
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    },
  }
  return { after: WebhookRecord.parse(Object.fromEntries(after)), write }
}

/** Nothing more is sent, and an event says so: to the feed, and to the tenant's other webhooks. */
export function disabling(newId: NewId, before: WebhookRecord, reason: DisabledReason, at: string): Changed & { writes: Write[] } {
  const sequence = before.last_sequence + 1
  const { after, write } = changed(before, {
    state: 'disabled',
    disabled_reason: reason,
    disabled_at: at,
    last_sequence: sequence,
    updated_at: at,
  })
  const since = reason === 'failing' && before.failing_since !== undefined ? { failing_since: before.failing_since } : {}
  const item = {
    id: newId('event'),
    type: 'webhook.disabled' satisfies EventType,
    tenant_id: before.tenant_id,
    webhook_id: before.id,
    sequence,
    created_at: at,
    data: { webhook_id: before.id, reason, ...since },
    expires: eventsExpire(Date.parse(at)),
  }
  const event: Write = { kind: 'put', sk: sk.event(before.id, sequence), item, when: { condition: 'attribute_not_exists(sk)' } }
  return { after, write, writes: [write, event] }
}

const list = (deps: StoreDeps, tenant: TenantId, page: PageRequest): Promise<PageOf<WebhookRecord>> =>
  readPage(tableFor(deps, tenant), { prefix: sk.webhook('') }, page, (item) => WebhookRecord.parse(item))

/** Whether it is to be told of events of that type. */
export const wants = (webhook: Pick<WebhookRecord, 'events'>, type: EventType): boolean =>
  webhook.events.includes('*') || webhook.events.includes(type)

async function subscribers(deps: StoreDeps, tenant: TenantId, type: EventType): Promise<WebhookRecord[]> {
  const all = await everyPage<WebhookRecord>((after) => list(deps, tenant, { limit: 100, ...(after === undefined ? {} : { after }) }))
  return all.filter((webhook) => webhook.state === 'enabled' && wants(webhook, type))
}

/** Remembers webhooks, which are counted in the tenant's quota in the same transaction. */
export const webhookStore = (deps: StoreDeps) => ({
  quota: async (tenant: TenantId): Promise<WebhookQuota> => WebhookQuota.parse(await tableFor(deps, tenant).get(sk.quota)),
  get: async (tenant: TenantId, id: string): Promise<WebhookRecord | undefined> =>
    WebhookRecord.optional().parse(await tableFor(deps, tenant).get(sk.webhook(id))),
  /** Oldest first. */
  list: (tenant: TenantId, page: PageRequest) => list(deps, tenant, page),
  /** The enabled ones that want events of that type. */
  subscribers: (tenant: TenantId, type: EventType) => subscribers(deps, tenant, type),
})
