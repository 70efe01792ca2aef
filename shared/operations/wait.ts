import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { operationStore } from './store.ts'
import { placeToWait } from './waiters.ts'

export interface WaitDeps extends TableDeps {
  clock: Clock
  log: Log
}

/** A ring is ready after seconds: the first looks are close together, the later ones cost less. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000
const GROWTH = 1.5
/** The last look may be slow. */
const GRACE_MS = 5_000

async function untilEnded(clock: Clock, hasEnded: () => Promise<boolean>, until: number): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; clock.now() < until; pause = Math.min(LONGEST_PAUSE_MS, pause * GROWTH)) {
    await clock.sleep(Math.min(pause, until - clock.now()))
    if (await hasEnded()) return
  }
}

/**
 * Waits for an operation to end, or for so many seconds to pass.
 * @returns false, at once, where too many requests of the tenant wait already
 */
export async function awaitEnd(deps: WaitDeps, tenant: TenantId, operationId: string, seconds: number): Promise<boolean> {
  const { clock, log } = deps
  const hasEnded = async (): Promise<boolean> => (await operationStore(deps).get(tenant, operationId))?.state !== 'running'
  if (await hasEnded()) return true
  const now = clock.now()
  const until = now + seconds * 1_000
  const place = await placeToWait(tableFor(deps, tenant), until + GRACE_MS, now)
  if (!place) return false
  try {
    await untilEnded(clock, hasEnded, until)
  } finally {
    await place.leave().catch((error: unknown) => log.error('a place to wait at is free only later', error, { tenant }))
  }
  return true
}
