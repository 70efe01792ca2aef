import { eventsExpire, PushedEvent } from '../contract/event.ts'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import { isCounted } from './backlog.ts'
import { deliveryId, SAFETY_MS } from './delivery-store.ts'
import type { DeliveryRecord } from './record.ts'

/** From the first attempt on, and once more whenever it is sent again. */
const underWay = (id: string, now: number) => ({
  state: 'pending' as const,
  attempts_made: 0,
  next_attempt_at: isoTime(now),
  due_pk: dueShard(id),
  due_at: isoTime(now + SAFETY_MS),
  updated_at: isoTime(now),
  expires: eventsExpire(now),
  ...(isCounted(id) ? { counted: true as const } : {}),
})

export function newDelivery(event: PushedEvent & { tenant_id: string }, webhookId: string, now: number): DeliveryRecord {
  const id = deliveryId(event.id, webhookId)
  return {
    tenant_id: event.tenant_id,
    id,
    webhook_id: webhookId,
    event: PushedEvent.parse(event),
    attempts: [],
    created_at: isoTime(now),
    ...underWay(id, now),
  }
}

/** Its webhook has to be told, in the same transaction, when it is one that is counted. */
export interface AskedFor {
  record: DeliveryRecord
  write: Write
}

/** A new delivery that the API asks for: its item is its message, which the table's stream carries. */
export function asked(record: DeliveryRecord, now: number): AskedFor {
  const item = { ...record, asked_at: isoTime(now) }
  return {
    record: item,
    write: { kind: 'put', sk: sk.delivery(record.webhook_id, record.id), item, when: { condition: 'attribute_not_exists(sk)' } },
  }
}

/** The same for one that is over, as it was read. */
export function askedAgain(before: DeliveryRecord, now: number): AskedFor {
  const change = { ...underWay(before.id, now), asked_at: isoTime(now) }
  const names = Object.keys(change)
  const write: Write = {
    kind: 'update',
    sk: sk.delivery(before.webhook_id, before.id),
    update: `SET ${names.map((name) => `#${name} = :${name}`)}`,
    condition: '#state = :seen AND #updated_at = :at',
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: {
      ...Object.fromEntries(Object.entries(change).map(([name, value]) => [`:${name}`, value])),
      ':seen': before.state,
      ':at': before.updated_at,
    },
  }
  return { record: { ...before, ...change }, write }
}
