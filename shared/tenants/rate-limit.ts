import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { recent } from '../platform/recent.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type Change, type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { DEFAULT_RATE, type RateLimit, RateRecord } from './rate-record.ts'

/** What a caller is told of its bucket. */
export interface RateState {
  limit: RateLimit
  /** Requests that may follow at once. */
  remaining: number
  /** Until the bucket is full again. */
  resetSeconds: number
  /** Set when this request is refused: how long to wait. */
  retryAfterSeconds?: number
}

/** A bucket as this process knows it. */
interface Bucket {
  record: RateRecord
  /** Taken from the table for requests to come, good until the lease ends. */
  tokens: number
  leased: number
  leasedAt: number
}

/** Tokens are taken for so long ahead: under load a write is paid by many requests, and what is not used is lost with it. */
const LEASE_US = 200_000
const MOST_LEASED = 50
/** Other processes may be faster; each of these costs a read and a write. */
const ATTEMPTS = 8
/** Times the attempt, at most, and at random: processes that meet once would meet again. */
const APART_MS = 4
/** Tenants that a process remembers. */
const REMEMBERED = 1_000

/** Whole microseconds, in which sums are exact: all moments and times here are. */
const intervalOf = ({ per_second }: RateLimit): number => Math.ceil(1_000_000 / per_second)
const fullAt = (record: RateRecord, now: number): number => Math.max(record.full_at_us ?? 0, now)
/** Tokens in the table's bucket, should it not fill up before that moment. */
const available = (record: RateRecord, now: number, until = now): number =>
  Math.floor(record.burst - (fullAt(record, until) - now) / intervalOf(record))
const seconds = (time: number): number => Math.ceil(time / 1_000_000)

function stateOf({ record, tokens }: Bucket, now: number): RateState {
  const left = available(record, now)
  return {
    limit: { per_second: record.per_second, burst: record.burst },
    remaining: Math.max(0, left) + tokens,
    resetSeconds: seconds(fullAt(record, now) - now),
  }
}

function refused(bucket: Bucket, now: number): RateState {
  const wait = fullAt(bucket.record, now) - now - (bucket.record.burst - 1) * intervalOf(bucket.record)
  return { ...stateOf(bucket, now), remaining: 0, retryAfterSeconds: Math.max(1, seconds(wait)) }
}

/**
 * As many as were used lately in as long a time, so that little is lost: one for a request that comes alone, twice as many as
 * before, at most, for a process that runs out early.
 */
function wanted(known: Bucket | undefined, limit: RateLimit, now: number): number {
  if (!known || now >= known.leasedAt + 2 * LEASE_US) return 1
  const used = known.leased - known.tokens
  const elapsed = now - known.leasedAt
  const rising = elapsed < LEASE_US ? Math.min(2, LEASE_US / Math.max(1, elapsed)) : 1
  return Math.max(1, Math.min(Math.floor(used * rising), MOST_LEASED, Math.floor(LEASE_US / intervalOf(limit))))
}

/**
 * Takes tokens off the table's bucket in one conditional write. Where it is not full that is an addition, which any number of
 * processes may do at once. Tokens that are held for a while are taken as if at the end of it: until then the bucket does not
 * fill up behind them.
 */
function taking(seen: RateRecord, count: number, now: number): Change {
  const cost = count * intervalOf(seen)
  const least = now + (count > 1 ? LEASE_US : 0)
  const full = seen.full_at_us === undefined || seen.full_at_us < least
  const limits = { ':per_second': seen.per_second, ':burst': seen.burst }
  const asSeen = '(attribute_not_exists(burst) OR (per_second = :per_second AND burst = :burst))'
  const kept = 'per_second = if_not_exists(per_second, :per_second), burst = if_not_exists(burst, :burst)'
  if (full) {
    return {
      update: `SET full_at_us = :next, ${kept}`,
      condition: `${asSeen} AND (attribute_not_exists(full_at_us) OR full_at_us < :least)`,
      values: { ...limits, ':next': least + cost, ':least': least },
    }
  }
  return {
    update: `SET full_at_us = full_at_us + :cost, ${kept}`,
    condition: `${asSeen} AND full_at_us BETWEEN :least AND :latest`,
    values: { ...limits, ':cost': cost, ':least': least, ':latest': now + seen.burst * intervalOf(seen) - cost },
  }
}

/** Undefined when the bucket, or its limits, are no longer as they were seen. */
async function take(deps: TableDeps, tenant: TenantId, seen: RateRecord, count: number, now: number): Promise<RateRecord | undefined> {
  const taken = await tableFor(deps, tenant)
    .update(sk.rate, taking(seen, count, now))
    .catch(unlessRefused)
  return taken === false ? undefined : RateRecord.parse(taken)
}

const readRecord = async (deps: TableDeps, tenant: TenantId): Promise<RateRecord> =>
  RateRecord.parse((await tableFor(deps, tenant).get(sk.rate)) ?? DEFAULT_RATE)

/** How many may be taken: several only where they fit with the time that they are held for. */
function affordable(record: RateRecord, count: number, now: number): number {
  const many = Math.min(count, available(record, now, now + LEASE_US))
  return many > 1 ? many : Math.min(1, available(record, now))
}

async function refill(
  deps: TableDeps & { clock: Clock },
  tenant: TenantId,
  known: Bucket | undefined,
  moment: () => number,
): Promise<Bucket> {
  let record = known?.record ?? (await readRecord(deps, tenant))
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = moment()
    const count = affordable(record, wanted(known, record, now), now)
    if (count < 1) return { record, tokens: 0, leased: 0, leasedAt: 0 }
    const after = await take(deps, tenant, record, count, now)
    if (after) return { record: after, tokens: count, leased: count, leasedAt: now }
    await deps.clock.sleep(Math.random() * APART_MS * attempt)
    record = await readRecord(deps, tenant)
  }
  throw new AppError('unavailable', 'Too many requests of the tenant are counted at once: try again', { headers: { 'retry-after': '1' } })
}

/**
 * A token bucket by tenant, kept in the table and shared by all processes: over any time that begins at any moment no more
 * requests are let in than the burst and what comes back in that time.
 *
 * Costs one write unit for a request that comes alone. A process that gets many takes tokens for a fifth of a second ahead, at
 * most fifty: then about five writes a second, and the burst is shorter by up to a fifth of a second's worth. A refused
 * request costs nothing; a tenant that a process has not seen costs a read unit more.
 */
export function rateLimiter(deps: TableDeps & { clock: Clock }) {
  const buckets = recent<string, Bucket>(REMEMBERED)
  const turns = new Map<string, Promise<unknown>>()
  const moment = (): number => Math.floor(deps.clock.now() * 1_000)
  const holds = (bucket: Bucket, now: number): boolean => bucket.tokens > 0 && now < bucket.leasedAt + LEASE_US

  async function takeOne(tenant: TenantId): Promise<RateState> {
    const known = buckets.get(tenant)
    const now = moment()
    const bucket = known && holds(known, now) ? known : await refill(deps, tenant, known, moment)
    buckets.set(tenant, bucket)
    if (bucket.tokens === 0) return refused(bucket, moment())
    bucket.tokens -= 1
    return stateOf(bucket, now)
  }
  return {
    /** Whether the next request will be refused, as far as this process knows: then nothing need begin before. */
    exhausted(tenant: TenantId): boolean {
      const bucket = buckets.get(tenant)
      const now = moment()
      return bucket !== undefined && !holds(bucket, now) && available(bucket.record, now) < 1
    },
    /** Takes one token of the tenant's. Requests of one tenant take theirs one after another. */
    take(tenant: TenantId): Promise<RateState> {
      const turn = (turns.get(tenant) ?? Promise.resolve()).then(() => takeOne(tenant))
      const settled = turn.catch(() => undefined).finally(() => turns.get(tenant) === settled && turns.delete(tenant))
      turns.set(tenant, settled)
      return turn
    },
  }
}
