import * as z from 'zod'
import { isoTime } from '../platform/clock.ts'
import { sk } from '../platform/table.ts'
import { type TenantTable, TransactionRefused } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'

/** Each waiter keeps an instance of the API's function to itself. */
export const MOST_WAITERS = 4

/** `WAIT#<place>`: somebody waits there until that moment at the latest. */
const Waiter = z.object({ sk: z.string(), until: z.string() })

/** Longer than any wait: for whoever is killed while waiting. */
const GARBAGE_SECONDS = 3_600

export interface Place {
  leave(): Promise<void>
}

const take = (table: TenantTable, number: number, until: string, now: number): Promise<boolean> =>
  table
    .put(
      sk.waiter(number),
      { until, expires: Math.floor(now / 1000) + GARBAGE_SECONDS },
      { condition: 'attribute_not_exists(sk) OR #until <= :now', names: { '#until': 'until' }, values: { ':now': isoTime(now) } },
    )
    .then(() => true, unlessRefused)

/** Somebody else may sit there by now, should this one have waited for too long. */
async function leave(table: TenantTable, number: number, until: string): Promise<void> {
  const when = { condition: '#until = :until', names: { '#until': 'until' }, values: { ':until': until } }
  try {
    await table.transact([{ kind: 'delete', sk: sk.waiter(number), when }])
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error
  }
}

/** One of the tenant's places to wait at, until that moment at most; undefined when all are taken. */
export async function placeToWait(table: TenantTable, untilMs: number, now: number): Promise<Place | undefined> {
  const until = isoTime(untilMs)
  const { items } = await table.query({ prefix: sk.waiters })
  const taken = new Set(items.map((item) => Waiter.parse(item)).flatMap((waiter) => (waiter.until > isoTime(now) ? [waiter.sk] : [])))
  for (let number = 0; number < MOST_WAITERS; number += 1) {
    if (taken.has(sk.waiter(number)) || !(await take(table, number, until, now))) continue
    return { leave: () => leave(table, number, until) }
  }
  return undefined
}
