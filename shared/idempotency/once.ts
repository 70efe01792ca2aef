import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import { isoTime } from '../platform/clock.ts'
import { sk } from '../platform/table.ts'
import type { TenantTable, Write } from '../platform/tenant-table.ts'
import { type Once, StoredAnswer } from './act.ts'

/** `IDEM#<hash>`. */
const IdempotencyRecord = StoredAnswer.extend({
  fingerprint: z.string(),
  created_at: z.string(),
  /** Seconds since the epoch. DynamoDB deletes later than that, so readers look at it too. */
  expires: z.int(),
})

const KEEP_SECONDS = 24 * 3600

/**
 * The stored answer, if there is one.
 * @throws idempotency_key_reused when the key belongs to another request
 */
export async function storedAnswer(table: Pick<TenantTable, 'get'>, once: Once, now: number): Promise<StoredAnswer | undefined> {
  const item = await table.get(sk.idempotency(once.hash))
  if (item === undefined) return undefined
  const record = IdempotencyRecord.parse(item)
  if (record.expires * 1000 <= now) return undefined
  if (record.fingerprint !== once.fingerprint) {
    throw new AppError('idempotency_key_reused', 'The Idempotency-Key was sent before with another method, path or body: send a new one')
  }
  return StoredAnswer.parse(record)
}

/** Keeps the answer, unless somebody else has kept one. */
export function keepAnswer(once: Once, answer: StoredAnswer, now: number): Write {
  const seconds = Math.floor(now / 1000)
  return {
    kind: 'put',
    sk: sk.idempotency(once.hash),
    item: { ...answer, fingerprint: once.fingerprint, created_at: isoTime(now), expires: seconds + KEEP_SECONDS },
    when: {
      condition: 'attribute_not_exists(sk) OR #expires <= :now',
      names: { '#expires': 'expires' },
      values: { ':now': seconds },
    },
  }
}
