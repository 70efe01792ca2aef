import * as z from 'zod'
import type { TenantId } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'

/** An HTTP answer as it is kept, so that a repeated request gets the same bytes. */
export const StoredAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() })
export type StoredAnswer = z.infer<typeof StoredAnswer>

/** Names a request that is to happen once, however often it is sent. */
export interface Once {
  /** Of the Idempotency-Key and who sent it. */
  hash: string
  /** Of method, path, query and canonical body. */
  fingerprint: string
}

/** A change as a caller asks for it: what its transaction holds beside the change itself. Without one, nobody asked but we ourselves. */
export interface Act<T> {
  /** Absent when the request has no Idempotency-Key. */
  once?: Once
  /** What it is answered with, as far as that may be kept. */
  answer(result: T): StoredAnswer
  /** Its entry in the audit trail of the tenant whose table is changed. */
  entry(tenant: TenantId, answer: StoredAnswer): Write
}
