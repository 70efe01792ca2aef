import { AppError } from '../contract/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { overtaken } from '../platform/conflict.ts'
import type { TenantId } from '../platform/table.ts'
import type { TenantTable, TransactionRefused, Write } from '../platform/tenant-table.ts'
import type { Act, Once, StoredAnswer } from './act.ts'
import { keepAnswer, storedAnswer } from './once.ts'

/** What is to be written, and what there is to tell once it is. */
export interface Proposal<T, More = never> {
  result: T
  writes: (Write | More)[]
}
export type Committed<T> = { result: T } | { replayed: StoredAnswer }

const ATTEMPTS = 10
const LONGEST_WAIT_MS = 1_000
async function replayOr<P>(table: Pick<TenantTable, 'get'>, once: Once | undefined, now: number, propose: () => Promise<P>) {
  if (!once) return propose()
  // Side by side; but a replay is answered even where the request itself would be refused by now.
  const [stored, proposal] = await Promise.allSettled([storedAnswer(table, once, now), propose()])
  if (stored.status === 'rejected') throw stored.reason
  if (stored.value) return { replayed: stored.value }
  if (proposal.status === 'rejected') throw proposal.reason
  return proposal.value
}

/** The answer stands last, so that its reason does too. */
function additions<T>(tenant: TenantId, act: Act<T> | undefined, result: T, now: number): Write[] {
  if (!act) return []
  const answer = act.answer(result)
  return [act.entry(tenant, answer), ...(act.once ? [keepAnswer(act.once, answer, now)] : [])]
}

/** Another transaction holds the very record of this key: the same request, sent twice. */
const inFlight = (once: Once | undefined, refused: TransactionRefused): boolean =>
  once !== undefined && refused.reasons.at(-1) === 'TransactionConflict'

function overloaded(first: boolean): AppError {
  const headers = { 'retry-after': '1' }
  return first
    ? new AppError('idempotency_in_flight', 'The first request with this Idempotency-Key is still being worked on: ask again', { headers })
    : new AppError('unavailable', 'Too many requests change the same things at once', { headers })
}

/**
 * Writes what `propose` makes of the table as it reads it, in one transaction with the entry of the audit trail and the
 * idempotency record. Whenever another writer was faster, it looks and proposes again: the next look replays, refuses with
 * the true reason, or goes through.
 * @throws idempotency_in_flight, or unavailable when others were always faster
 */
export async function commit<T, More = never>(
  { clock, table }: { clock: Clock; table: TenantTable<More> },
  act: Act<T> | undefined,
  propose: () => Promise<Proposal<T, More>>,
): Promise<Committed<T>> {
  let first = false
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const now = clock.now()
    const seen = await replayOr(table, act?.once, now, propose)
    if ('replayed' in seen) return seen
    const writes = [...seen.writes, ...additions(table.tenant, act, seen.result, now)]
    try {
      if (writes.length > 0) await table.transact(writes)
      return { result: seen.result }
    } catch (error) {
      if (!overtaken(error)) throw error
      first = inFlight(act?.once, error)
    }
    await clock.sleep(Math.random() * Math.min(LONGEST_WAIT_MS, 10 * 2 ** attempt))
  }
  throw overloaded(first)
}
