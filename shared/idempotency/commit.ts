import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { type TenantTable, TransactionRefused, type Write } from '../platform/tenant-table.ts'
import { keepAnswer, type Once, type StoredAnswer, storedAnswer } from './once.ts'

/** What is to be written, and what there is to tell once it is. */
export interface Proposal<T> {
  result: T
  writes: Write[]
}
export type Committed<T> = { result: T } | { replayed: StoredAnswer }

const ATTEMPTS = 10
const LONGEST_WAIT_MS = 1_000
const SOMEBODY_ELSE = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])

const overtaken = (error: unknown): boolean =>
  error instanceof TransactionRefused && error.reasons.every((reason) => SOMEBODY_ELSE.has(reason))

async function replayOr<T>(table: TenantTable, once: Once<T> | undefined, now: number, propose: () => Promise<Proposal<T>>) {
  if (!once) return propose()
  // Side by side; but a replay is answered even where the request itself would be refused by now.
  const [stored, proposal] = await Promise.allSettled([storedAnswer(table, once, now), propose()])
  if (stored.status === 'rejected') throw stored.reason
  if (stored.value) return { replayed: stored.value }
  if (proposal.status === 'rejected') throw proposal.reason
  return proposal.value
}

/**
 * Writes what `propose` makes of the table as it reads it, in one transaction with the idempotency record. Whenever
 * another writer was faster, it looks and proposes again: the next look replays, refuses with the true reason, or goes through.
 * @throws unavailable when others were always faster
 */
export async function commit<T>(
  { clock, table }: { clock: Clock; table: TenantTable },
  once: Once<T> | undefined,
  propose: () => Promise<Proposal<T>>,
): Promise<Committed<T>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = clock.now()
    const seen = await replayOr(table, once, now, propose)
    if ('replayed' in seen) return seen
    const writes = [...seen.writes, ...(once ? [keepAnswer(once, seen.result, now)] : [])]
    try {
      if (writes.length > 0) await table.transact(writes)
      return { result: seen.result }
    } catch (error) {
      if (!overtaken(error)) throw error
    }
    await clock.sleep(Math.random() * Math.min(LONGEST_WAIT_MS, 10 * 2 ** attempt))
  }
  throw new AppError('unavailable', 'Too many requests change the same things at once', { headers: { 'retry-after': '1' } })
}
