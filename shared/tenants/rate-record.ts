import * as z from 'zod'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'

/** How many requests a tenant may make: so many a second for long, and so many at once. */
export const RateLimit = z.object({ per_second: z.int().positive(), burst: z.int().positive() })
export type RateLimit = z.infer<typeof RateLimit>

/** For who has no record of its own: the platform. */
export const DEFAULT_RATE: RateLimit = { per_second: 100, burst: 200 }

/** The burst that goes with a rate: two seconds' worth. */
export const rateOf = (perSecond: number): RateLimit => ({ per_second: perSecond, burst: 2 * perSecond })

/**
 * `RATE`: the tenant's limits, and when its bucket will be full again (microseconds since the epoch): all that a token bucket has to
 * remember (the "theoretical arrival time" of ITU-T I.371, annex A).
 */
export const RateRecord = RateLimit.extend({ full_at_us: z.int().optional() })
export type RateRecord = z.infer<typeof RateRecord>

/** Sets the limits of a tenant, new or not. */
export const setRate = ({ per_second, burst }: RateLimit): Write => ({
  kind: 'update',
  sk: sk.rate,
  update: 'SET per_second = :per_second, burst = :burst',
  values: { ':per_second': per_second, ':burst': burst },
})
