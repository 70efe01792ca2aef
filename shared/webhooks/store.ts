import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { EventType } from '../contract/event.ts'
import type { Clock } from '../platform/clock.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor, type Write } from '../platform/tenant-table.ts'
import { WebhookRecord } from './record.ts'

export type StoreDeps = TableDeps & { clock: Clock }

/** Of the tenant's `QUOTA` item. */
const WebhookQuota = z.object({ webhooks_used: z.int(), webhooks_limit: z.int() })
export type WebhookQuota = z.infer<typeof WebhookQuota>

/** The webhook, counted. */
export const addition = (record: WebhookRecord): Write[] => [
  { kind: 'put', sk: sk.webhook(record.id), item: record, when: { condition: 'attribute_not_exists(sk)' } },
  {
    kind: 'update',
    sk: sk.quota,
    update: 'ADD webhooks_used :one',
    condition: 'webhooks_used < webhooks_limit',
    values: { ':one': 1 },
  },
]

/** No webhook, and one less that counts. */
export const removal = (id: string): Write[] => [
  { kind: 'delete', sk: sk.webhook(id), when: { condition: 'attribute_exists(sk)' } },
  { kind: 'update', sk: sk.quota, update: 'ADD webhooks_used :less', values: { ':less': -1 } },
]

async function list(deps: StoreDeps, tenant: TenantId, page: { after?: string; limit: number }) {
  const answer = await tableFor(deps, tenant).query({
    prefix: sk.webhook(''),
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: sk.webhook(page.after) }),
  })
  const items = z.array(WebhookRecord).parse(answer.items)
  const last = items.at(-1)
  return { items, ...(answer.last !== undefined && last ? { next: last.id } : {}) }
}

async function subscribers(deps: StoreDeps, tenant: TenantId, type: EventType): Promise<WebhookRecord[]> {
  const found: WebhookRecord[] = []
  let after: string | undefined
  do {
    const page = await list(deps, tenant, { limit: 100, ...(after === undefined ? {} : { after }) })
    found.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return found.filter((webhook) => webhook.state === 'enabled' && (webhook.events.includes('*') || webhook.events.includes(type)))
}

async function disable(deps: StoreDeps, tenant: TenantId, id: string, change: { reason: string; at: string }): Promise<void> {
  try {
    await tableFor(deps, tenant).update(sk.webhook(id), {
      update: 'SET #state = :disabled, disabled_reason = :reason, updated_at = :at',
      condition: '#state = :enabled',
      names: { '#state': 'state' },
      values: { ':disabled': 'disabled', ':enabled': 'enabled', ':reason': change.reason, ':at': change.at },
    })
  } catch (error) {
    // Deleted or disabled in the meantime, which is as good.
    if (!(error instanceof ConditionalCheckFailedException)) throw error
  }
}

/** Remembers webhooks, which are counted in the tenant's quota in the same transaction. */
export const webhookStore = (deps: StoreDeps) => ({
  quota: async (tenant: TenantId): Promise<WebhookQuota> => WebhookQuota.parse(await tableFor(deps, tenant).get(sk.quota)),
  get: async (tenant: TenantId, id: string): Promise<WebhookRecord | undefined> =>
    WebhookRecord.optional().parse(await tableFor(deps, tenant).get(sk.webhook(id))),
  /** Oldest first; `next` is the id to go on after. */
  list: (tenant: TenantId, page: { after?: string; limit: number }) => list(deps, tenant, page),
  /** The enabled ones that want events of that type. */
  subscribers: (tenant: TenantId, type: EventType) => subscribers(deps, tenant, type),
  disable: (tenant: TenantId, id: string, change: { reason: string; at: string }) => disable(deps, tenant, id, change),
})
