import * as z from 'zod'
import type { ErrorCode } from './errors.ts'
import { type Route, reads } from './route.ts'

const BODY_ERRORS: ErrorCode[] = [
  'invalid_json',
  'missing_field',
  'invalid_type',
  'invalid_value',
  'out_of_range',
  'body_too_large',
  'unsupported_media_type',
]

const CALLER_ERRORS: ErrorCode[] = [
  'not_authenticated',
  'invalid_key',
  'key_expired',
  'key_revoked',
  'invalid_token',
  'token_expired',
  'insufficient_scope',
  'rate_limited',
]

/** Every code a route may answer with. */
export function errorsOf(row: Route): ErrorCode[] {
  const takesCursor = row.query instanceof z.ZodObject && 'cursor' in row.query.shape
  const codes: ErrorCode[] = [
    'invalid_request',
    'unknown_field',
    ...(row.scope === 'public' ? [] : CALLER_ERRORS),
    ...(row.scope === 'public' || row.scope === 'platform' || reads(row) ? [] : (['tenant_suspended', 'tenant_deleting'] as const)),
    ...(reads(row) ? [] : [...BODY_ERRORS, 'invalid_header' as const]),
    ...(row.path.includes('{') ? (['not_found'] as const) : []),
    ...(takesCursor ? (['invalid_cursor', 'out_of_range'] as const) : []),
    ...(row.idempotent ? (['invalid_idempotency_key', 'idempotency_key_reused', 'idempotency_in_flight'] as const) : []),
    ...(row.conditional ? (['precondition_failed'] as const) : []),
    ...Object.values(row.refusals),
    ...row.errors,
    'internal_error',
    'unavailable',
  ]
  return [...new Set(codes)]
}
