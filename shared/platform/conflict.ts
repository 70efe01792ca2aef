import type { Clock } from './clock.ts'
import { TransactionRefused } from './tenant-table.ts'

const SOMEBODY_ELSE = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict'])

/** Refused for what another writer did since the items were read: look again. */
export const overtaken = (error: unknown): error is TransactionRefused =>
  error instanceof TransactionRefused && error.reasons.every((reason) => SOMEBODY_ELSE.has(reason))

const ATTEMPTS = 8

/**
 * Runs a transaction again while nothing but other transactions on the same items stands in its way: the SDK does not
 * retry those. Every other refusal, and the last conflict, is the caller's.
 */
export async function pastConflicts<T>(clock: Clock, transact: () => Promise<T>, random = Math.random): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact()
    } catch (error) {
      const conflict = error instanceof TransactionRefused && error.reasons.every((r) => r === 'None' || r === 'TransactionConflict')
      if (!conflict || attempt === ATTEMPTS) throw error
      await clock.sleep(random() * 10 * 2 ** attempt)
    }
  }
}
