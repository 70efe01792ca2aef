import type { FunctionName } from '../shared/platform/env.ts'

/** Lambda keeps so many for functions without a reservation: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const KEPT_UNRESERVED = 100

/**
 * What is set aside, as a share of what the cell may count on. It is the loop's: requests that wait may take all the rest, and rings are
 * still made and healed. `ring` runs inside the time of the two before it. `wake` runs once for each node that comes or goes, and a lost
 * zone must not take everything else along. Deliveries are held back at their queue instead.
 */
const SHARES: Partial<Record<FunctionName, number>> = { observe: 0.1, step: 0.1, ring: 0.2, wake: 0.02 }

/**
 * How many of a function run at once, and are always free to: undefined for all that is left.
 * @param concurrentExecutions what the cell may count on; too few to share, and nothing is reserved
 */
export function reservedFor(name: FunctionName, concurrentExecutions: number | undefined): number | undefined {
  if (concurrentExecutions === undefined || concurrentExecutions < 2 * KEPT_UNRESERVED) return undefined
  // Two sweeps at once would do the same work.
  if (name === 'sweep') return 1
  const share = SHARES[name]
  return share === undefined ? undefined : Math.floor(share * concurrentExecutions)
}

/** Deliveries wait at receivers, up to a tenth of all that runs; the event source takes 2 to 1,000. */
export const deliveringAtOnce = (concurrentExecutions = 1_000): number => Math.min(100, Math.max(2, Math.floor(concurrentExecutions / 10)))
