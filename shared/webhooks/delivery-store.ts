import { createHash } from 'node:crypto'
import type { Attempt } from '../contract/delivery.ts'
import { isoTime } from '../platform/clock.ts'
import { ID_PREFIXES } from '../platform/ids.ts'
import { dueShard, sk, type TenantId } from '../platform/table.ts'
import { type Change, type TableDeps, tableFor, type Write } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { transactCounted } from './backlog.ts'
import { DeliveryRecord } from './record.ts'
import type { StoreDeps } from './store.ts'

/** Longer than the longest attempt: name lookup, POST and the writes around it. */
export const CLAIM_MS = 30_000
/** A message may come early by as much as two clocks differ. */
const EARLY_MS = 1_000
/** How long after the moment at which a message should have done it the due index makes up for one that was lost. */
export const SAFETY_MS = 30_000
/** Of one delivery, which may be sent again any number of times: an item holds 400 kB. */
const ATTEMPTS_KEPT = 40

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

/** Names a delivery within its tenant. */
type Which = Pick<DeliveryRecord, 'webhook_id' | 'id'>
const keyOf = ({ webhook_id, id }: Which): string => sk.delivery(webhook_id, id)

async function change(deps: TableDeps, tenant: TenantId, which: Which, change: Change): Promise<DeliveryRecord | undefined> {
  const item = await tableFor(deps, tenant).update(keyOf(which), change).catch(unlessRefused)
  return item === false ? undefined : DeliveryRecord.parse(item)
}

/** It is due, and nobody has it. */
const free = (now: number) => ({
  condition: '#state = :pending AND next_attempt_at <= :early AND (attribute_not_exists(in_flight_until) OR in_flight_until <= :now)',
  names: { '#state': 'state' },
  values: { ':pending': 'pending', ':now': isoTime(now), ':early': isoTime(now + EARLY_MS) },
})

function claim(deps: TableDeps, tenant: TenantId, which: Which, now: number): Promise<DeliveryRecord | undefined> {
  const when = free(now)
  const due = { ':until': isoTime(now + CLAIM_MS), ':shard': dueShard(which.id), ':due': isoTime(now + CLAIM_MS + SAFETY_MS) }
  return change(deps, tenant, which, {
    ...when,
    update: 'SET in_flight_until = :until, due_pk = :shard, due_at = :due, updated_at = :now REMOVE asked_at',
    values: { ...when.values, ...due },
  })
}

/** Not before `at`; the message that is to come then is the only one that counts. */
function postpone(deps: TableDeps, tenant: TenantId, which: Which, now: number, at: number): Promise<DeliveryRecord | undefined> {
  const when = free(now)
  const due = { ':next': isoTime(at), ':shard': dueShard(which.id), ':due': isoTime(at + SAFETY_MS) }
  return change(deps, tenant, which, {
    ...when,
    update: 'SET next_attempt_at = :next, due_pk = :shard, due_at = :due, updated_at = :now REMOVE asked_at',
    values: { ...when.values, ...due },
  })
}

/** What becomes of a claimed delivery: over, or tried again. `wakeAt` is when the due index brings it back. */
export type DeliveryOutcome =
  | { state: 'succeeded' | 'failed' | 'abandoned'; attempt?: Attempt }
  | { state: 'pending'; attempt: Attempt; nextAttemptAt: number; wakeAt: number }

function add(deps: StoreDeps, tenant: TenantId, record: DeliveryRecord): Promise<boolean> {
  const when = { condition: 'attribute_not_exists(sk)' }
  const put: Write = { kind: 'put', sk: keyOf(record), item: record, when }
  if (record.counted) return transactCounted(deps, tenant, { write: put, webhookId: record.webhook_id, more: 1 })
  return tableFor(deps, tenant)
    .put(keyOf(record), record, when)
    .then(() => true, unlessRefused)
}

async function settle(
  deps: StoreDeps,
  tenant: TenantId,
  claimed: DeliveryRecord,
  outcome: DeliveryOutcome,
  now: number,
): Promise<Pick<DeliveryRecord, 'state'> | undefined> {
  const settlement = settling(claimed, outcome, now)
  if (outcome.state === 'pending' || !claimed.counted) return change(deps, tenant, claimed, settlement)
  const write: Write = { kind: 'update', sk: keyOf(claimed), ...settlement }
  const settled = await transactCounted(deps, tenant, { write, webhookId: claimed.webhook_id, more: -1 })
  return settled ? { state: outcome.state } : undefined
}

function settling(claimed: DeliveryRecord, outcome: DeliveryOutcome, now: number): Change {
  const again = outcome.state === 'pending'
  const set = [
    '#state = :state, updated_at = :now',
    ...(outcome.attempt ? ['attempts = :attempts, attempts_made = :made'] : []),
    ...(again ? ['next_attempt_at = :next, due_at = :due'] : []),
  ]
  const attempted = (attempt: Attempt) => ({
    // Whoever holds the claim is alone with them.
    ':attempts': [...claimed.attempts, attempt].slice(-ATTEMPTS_KEPT),
    ':made': claimed.attempts_made + 1,
  })
  return {
    update: `SET ${set.join(', ')} REMOVE in_flight_until${again ? '' : ', next_attempt_at, due_pk, due_at, counted'}`,
    condition: 'in_flight_until = :mine',
    names: { '#state': 'state' },
    values: {
      ':state': outcome.state,
      ':now': isoTime(now),
      ':mine': claimed.in_flight_until,
      ...(outcome.attempt ? attempted(outcome.attempt) : {}),
      ...(again ? { ':next': isoTime(outcome.nextAttemptAt), ':due': isoTime(outcome.wakeAt) } : {}),
    },
  }
}

/** Remembers deliveries; every change of one that runs is on condition of the claim. */
export const deliveryStore = (deps: StoreDeps) => ({
  get: async (tenant: TenantId, which: Which): Promise<DeliveryRecord | undefined> =>
    DeliveryRecord.optional().parse(await tableFor(deps, tenant).get(keyOf(which))),
  /** Answers whether it is new. */
  add: (tenant: TenantId, record: DeliveryRecord): Promise<boolean> => add(deps, tenant, record),
  /** Takes the delivery for one attempt; nothing when it is over, not yet due, in another's hands or gone. */
  claim: (tenant: TenantId, which: Which, now: number) => claim(deps, tenant, which, now),
  /** Puts off one that could be claimed, until `at`; nothing when it could not. */
  postpone: (tenant: TenantId, which: Which, now: number, at: number) => postpone(deps, tenant, which, now, at),
  /** Answers nothing when the claim had run out and another took it. */
  settle: (tenant: TenantId, claimed: DeliveryRecord, outcome: DeliveryOutcome, now: number) => settle(deps, tenant, claimed, outcome, now),
})
