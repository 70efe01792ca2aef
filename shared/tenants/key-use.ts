import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { recent } from '../platform/recent.ts'
import { sk } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { actsIn, type Caller } from './caller.ts'

const HOUR_MS = 3_600_000
/** Keys that a process remembers. */
const REMEMBERED = 1_000

/**
 * Notes when a key was last used, to the hour: one write an hour for each key and process. It is told for people to see
 * which keys are in use, and not worth failing a request for.
 */
export function keyUse(deps: TableDeps & { clock: Clock; log: Log }) {
  const noted = recent<string, number>(REMEMBERED)
  return async (caller: Caller): Promise<void> => {
    const { type, id } = caller.actor
    const hour = Math.floor(deps.clock.now() / HOUR_MS)
    if (type !== 'key' || noted.get(id) === hour) return
    noted.set(id, hour)
    try {
      await tableFor(deps, actsIn(caller)).update(sk.key(id), {
        update: 'SET last_used_at = :hour',
        condition: 'attribute_exists(sk) AND (attribute_not_exists(last_used_at) OR last_used_at < :hour)',
        values: { ':hour': isoTime(hour * HOUR_MS) },
      })
    } catch (error) {
      // Another process has noted it.
      if (error instanceof ConditionalCheckFailedException) return
      deps.log.warn('the use of a key is not noted', { key: id, error: String(error) })
    }
  }
}
