import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { EventType } from '../contract/event.ts'
import type { Clock } from '../platform/clock.ts'
import { pastConflicts } from '../platform/conflict.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, TransactionRefused, tableFor } from '../platform/tenant-table.ts'
import { WebhookRecord } from './record.ts'

export type StoreDeps = TableDeps & { clock: Clock }

/** Whether the write at `position` of a refused transaction is the one that said no. */
const refusedAt = (error: unknown, position: number): boolean =>
  error instanceof TransactionRefused && error.reasons[position] === 'ConditionalCheckFailed'

/** Of the tenant's `QUOTA` item. */
const Room = z.object({ webhooks_used: z.int(), webhooks_limit: z.int() })
type Room = z.infer<typeof Room>

async function add(deps: StoreDeps, tenant: TenantId, record: WebhookRecord): Promise<Room | undefined> {
  const writes = [
    { kind: 'put' as const, sk: sk.webhook(record.id), item: record, when: { condition: 'attribute_not_exists(sk)' } },
    {
      kind: 'update' as const,
      sk: sk.quota,
      update: 'ADD webhooks_used :one',
      condition: 'webhooks_used < webhooks_limit',
      values: { ':one': 1 },
    },
  ]
  try {
    await pastConflicts(deps.clock, () => tableFor(deps, tenant).transact(writes))
    return undefined
  } catch (error) {
    if (!refusedAt(error, 1)) throw error
    return Room.parse(await tableFor(deps, tenant).get(sk.quota))
  }
}

async function remove(deps: StoreDeps, tenant: TenantId, id: string): Promise<boolean> {
  const writes = [
    { kind: 'delete' as const, sk: sk.webhook(id), when: { condition: 'attribute_exists(sk)' } },
    { kind: 'update' as const, sk: sk.quota, update: 'ADD webhooks_used :less', values: { ':less': -1 } },
  ]
  try {
    await pastConflicts(deps.clock, () => tableFor(deps, tenant).transact(writes))
    return true
  } catch (error) {
    if (refusedAt(error, 0)) return false
    throw error
  }
}

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

/** Remembers webhooks, and counts them in the tenant's quota in the same transaction. */
export const webhookStore = (deps: StoreDeps) => ({
  /** Answers nothing when it was added, else the room that there is not. */
  add: (tenant: TenantId, record: WebhookRecord) => add(deps, tenant, record),
  get: async (tenant: TenantId, id: string): Promise<WebhookRecord | undefined> =>
    WebhookRecord.optional().parse(await tableFor(deps, tenant).get(sk.webhook(id))),
  /** Oldest first; `next` is the id to go on after. */
  list: (tenant: TenantId, page: { after?: string; limit: number }) => list(deps, tenant, page),
  /** Answers whether there was one. */
  remove: (tenant: TenantId, id: string) => remove(deps, tenant, id),
  /** The enabled ones that want events of that type. */
  subscribers: (tenant: TenantId, type: EventType) => subscribers(deps, tenant, type),
  disable: (tenant: TenantId, id: string, change: { reason: string; at: string }) => disable(deps, tenant, id, change),
})
