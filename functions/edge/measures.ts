import type { ErrorCode } from '../../shared/contract/errors.ts'
import type { Measured, MetricName } from '../../shared/platform/metrics.ts'

/** Refusals that say something of the cell, or of its plans, once there are many of them. */
const COUNTED: Partial<Record<ErrorCode, MetricName>> = {
  rate_limited: 'RateRefusals',
  quota_exceeded: 'QuotaRefusals',
  idempotency_in_flight: 'IdempotencyConflicts',
  idempotency_key_reused: 'IdempotencyConflicts',
}

/**
 * What is measured of a request. One that was held because its sender asked to wait says nothing of how fast the API is.
 * @param request.code of the problem that it was answered with
 */
export function requestMeasures({ ms, held, code }: { ms: number; held: boolean; code: ErrorCode | undefined }): Measured {
  const counted = code === undefined ? undefined : COUNTED[code]
  return { ...(held ? {} : { RequestMilliseconds: ms }), ...(counted === undefined ? {} : { [counted]: 1 }) }
}
