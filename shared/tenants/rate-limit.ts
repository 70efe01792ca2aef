import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../platform/clock.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
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
  /** Taken from the table for requests to come, good until `leaseEndsMs`. */
  tokens: number
  leaseEndsMs: number
}

/** Tokens are taken for so long ahead: under load a write is paid by many requests, and what is not used is lost with it. */
const LEASE_MS = 200
const MOST_LEASED = 50
/** Other processes may be faster; each of these costs a read and a write. */
const ATTEMPTS = 3
/** Tenants that a process remembers. */
const REMEMBERED = 1_000

const intervalMs = ({ per_second }: RateLimit): number => 1000 / per_second
const fullAt = (record: RateRecord, now: number): number => Math.max(record.full_at_ms ?? 0, now)
/** Tokens in the table's bucket. Rounded, since the moments are sums of fractions. */
const available = (record: RateRecord, now: number): number =>
  Math.floor(record.burst - (fullAt(record, now) - now) / intervalMs(record) + 1e-6)

function stateOf({ record, tokens }: Bucket, now: number): RateState {
  const left = available(record, now)
  return {
    limit: { per_second: record.per_second, burst: record.burst },
    remaining: Math.max(0, left) + tokens,
    resetSeconds: Math.ceil((fullAt(record, now) - now) / 1000),
  }
}

function refused(bucket: Bucket, now: number): RateState {
  const waitMs = fullAt(bucket.record, now) - now - (bucket.record.burst - 1) * intervalMs(bucket.record)
  return { ...stateOf(bucket, now), remaining: 0, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }
}

/**
 * Takes tokens off the table's bucket, on condition that it is as it was last seen. One conditional write; undefined when
 * another process took some in between.
 */
async function take(deps: TableDeps, tenant: TenantId, seen: RateRecord, count: number, now: number): Promise<RateRecord | undefined> {
  const next = fullAt(seen, now) + count * intervalMs(seen)
  const before = seen.full_at_ms
  try {
    const after = await tableFor(deps, tenant).update(sk.rate, {
      update: 'SET full_at_ms = :next, per_second = if_not_exists(per_second, :per_second), burst = if_not_exists(burst, :burst)',
      condition: before === undefined ? 'attribute_not_exists(full_at_ms)' : 'full_at_ms = :before',
      values: {
        ':next': next,
        ':per_second': seen.per_second,
        ':burst': seen.burst,
        ...(before === undefined ? {} : { ':before': before }),
      },
    })
    return RateRecord.parse(after)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

const readRecord = async (deps: TableDeps, tenant: TenantId): Promise<RateRecord> =>
  RateRecord.parse((await tableFor(deps, tenant).get(sk.rate)) ?? DEFAULT_RATE)

async function refill(deps: TableDeps & { clock: Clock }, tenant: TenantId, known: Bucket | undefined): Promise<Bucket> {
  let record = known?.record ?? (await readRecord(deps, tenant))
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = deps.clock.now()
    const wanted = Math.min(MOST_LEASED, Math.max(1, Math.floor(LEASE_MS / intervalMs(record))))
    const count = Math.min(wanted, available(record, now))
    if (count < 1) break
    const after = await take(deps, tenant, record, count, now)
    if (after) return { record: after, tokens: count, leaseEndsMs: now + LEASE_MS }
    record = await readRecord(deps, tenant)
  }
  return { record, tokens: 0, leaseEndsMs: 0 }
}

/**
 * A token bucket by tenant, kept in the table and shared by all processes, which take tokens in small batches: a tenant never
 * gets more than its limit. Costs one write unit for a lone request, and at most five a second and process under load; a
 * refused tenant costs nothing until its next token is due. A tenant that a process has not seen costs one read more.
 */
export function rateLimiter(deps: TableDeps & { clock: Clock }) {
  const buckets = new Map<string, Bucket>()
  const turns = new Map<string, Promise<unknown>>()

  async function takeOne(tenant: TenantId): Promise<RateState> {
    const known = buckets.get(tenant)
    const now = deps.clock.now()
    const leased = known !== undefined && known.tokens > 0 && now < known.leaseEndsMs
    const bucket = leased ? known : await refill(deps, tenant, known)
    buckets.delete(tenant)
    buckets.set(tenant, bucket)
    const [oldest] = buckets.keys()
    if (buckets.size > REMEMBERED && oldest !== undefined) buckets.delete(oldest)
    if (bucket.tokens === 0) return refused(bucket, deps.clock.now())
    bucket.tokens -= 1
    return stateOf(bucket, now)
  }
  return {
    /** Whether the next request will be refused, as far as this process knows: then nothing need begin before. */
    exhausted(tenant: TenantId): boolean {
      const bucket = buckets.get(tenant)
      const now = deps.clock.now()
      return bucket !== undefined && (bucket.tokens === 0 || now >= bucket.leaseEndsMs) && available(bucket.record, now) < 1
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
