import { createHash } from 'node:crypto'
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { isoTime } from '../platform/clock.ts'
import { ID_PREFIXES } from '../platform/ids.ts'
import { dueShard, sk, type TenantId } from '../platform/table.ts'
import { type Change, type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { type Attempt, DeliveryRecord } from './record.ts'

/** Longer than the longest attempt: name lookup, POST and the writes around it. */
const CLAIM_MS = 30_000
/** A message may come early by as much as two clocks differ. */
const EARLY_MS = 1_000
/** How long after the moment at which a message should have done it the due index makes up for one that was lost. */
export const SAFETY_MS = 30_000

/**
 * The same event and webhook make the same delivery, whoever asks. Sorts with its event: the ten characters of time
 * are the event id's own.
 */
export function deliveryId(eventId: string, webhookId: string): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const time = eventId.slice(`${ID_PREFIXES.event}_`.length).slice(0, 10)
  const hash = createHash('sha256').update(`${eventId} ${webhookId}`).digest().subarray(0, 16)
  return `${ID_PREFIXES.delivery}_${time}${[...hash].map((byte) => alphabet[byte & 31]).join('')}`
}

const unlessRefused = (error: unknown): false => {
  if (error instanceof ConditionalCheckFailedException) return false
  throw error
}

async function change(deps: TableDeps, tenant: TenantId, id: string, change: Change): Promise<DeliveryRecord | undefined> {
  const item = await tableFor(deps, tenant).update(sk.delivery(id), change).catch(unlessRefused)
  return item === false ? undefined : DeliveryRecord.parse(item)
}

const claim = (deps: TableDeps, tenant: TenantId, id: string, now: number): Promise<DeliveryRecord | undefined> =>
  change(deps, tenant, id, {
    update: 'SET in_flight_until = :until, due_pk = :shard, due_at = :due, updated_at = :now',
    condition: '#state = :pending AND next_attempt_at <= :early AND (attribute_not_exists(in_flight_until) OR in_flight_until <= :now)',
    names: { '#state': 'state' },
    values: {
      ':pending': 'pending',
      ':now': isoTime(now),
      ':early': isoTime(now + EARLY_MS),
      ':until': isoTime(now + CLAIM_MS),
      ':shard': dueShard(id),
      ':due': isoTime(now + CLAIM_MS + SAFETY_MS),
    },
  })

/** What becomes of a claimed delivery: over, or tried again. `wakeAt` is when the due index brings it back. */
export type DeliveryOutcome =
  | { state: 'succeeded' | 'failed' | 'abandoned'; attempt?: Attempt }
  | { state: 'pending'; attempt: Attempt; nextAttemptAt: number; wakeAt: number }

function settle(deps: TableDeps, tenant: TenantId, claimed: DeliveryRecord, outcome: DeliveryOutcome, now: number) {
  const again = outcome.state === 'pending'
  const set = [
    '#state = :state, updated_at = :now',
    ...(outcome.attempt ? ['attempts = list_append(attempts, :attempt)'] : []),
    ...(again ? ['next_attempt_at = :next, due_at = :due'] : []),
  ]
  return change(deps, tenant, claimed.id, {
    update: `SET ${set.join(', ')} REMOVE in_flight_until${again ? '' : ', next_attempt_at, due_pk, due_at'}`,
    condition: 'in_flight_until = :mine',
    names: { '#state': 'state' },
    values: {
      ':state': outcome.state,
      ':now': isoTime(now),
      ':mine': claimed.in_flight_until,
      ...(outcome.attempt ? { ':attempt': [outcome.attempt] } : {}),
      ...(again ? { ':next': isoTime(outcome.nextAttemptAt), ':due': isoTime(outcome.wakeAt) } : {}),
    },
  })
}

/** Remembers deliveries; every change of one that runs is on condition of the claim. */
export const deliveryStore = (deps: TableDeps) => ({
  /** Answers whether it is new. */
  add: (tenant: TenantId, record: DeliveryRecord): Promise<boolean> =>
    tableFor(deps, tenant)
      .put(sk.delivery(record.id), record, { condition: 'attribute_not_exists(sk)' })
      .then(() => true, unlessRefused),
  /** Takes the delivery for one attempt; nothing when it is over, not yet due, in another's hands or gone. */
  claim: (tenant: TenantId, id: string, now: number) => claim(deps, tenant, id, now),
  /** Answers nothing when the claim had run out and another took it. */
  settle: (tenant: TenantId, claimed: DeliveryRecord, outcome: DeliveryOutcome, now: number) => settle(deps, tenant, claimed, outcome, now),
})
