/** What a code means to HTTP, and whether the same request may succeed later without a change. */
interface ErrorKind {
  status: number
  title: string
  retryable: boolean
}

const kind = (status: number, title: string, retryable = false): ErrorKind => ({ status, title, retryable })

/** Every code the API answers with, at the top of a problem and in its `errors`. Closed: docs/errors.md lists the same. */
export const ERRORS = {
  invalid_request: kind(400, 'Several things in the request are not valid: see errors'),
  invalid_json: kind(400, 'The body is not JSON'),
  unknown_field: kind(400, 'A field or parameter does not exist'),
  missing_field: kind(400, 'A required field is missing'),
  invalid_type: kind(400, 'A value has the wrong type'),
  invalid_value: kind(400, 'A value is not one of those allowed'),
  out_of_range: kind(400, 'A value is too small or too large, too short or too long'),
  invalid_cursor: kind(400, 'The cursor is not one that this list gave to this tenant'),
  invalid_idempotency_key: kind(400, 'The Idempotency-Key is empty, too long or not printable'),
  invalid_header: kind(400, 'A header is not valid'),
  not_authenticated: kind(401, 'The request carries no API key or token'),
  invalid_key: kind(401, 'The API key is not one of ours'),
  key_expired: kind(401, 'The API key has expired'),
  key_revoked: kind(401, 'The API key was revoked'),
  invalid_token: kind(401, 'The token is not one that is taken here'),
  token_expired: kind(401, 'The token has expired'),
  insufficient_scope: kind(403, 'The API key may not do this'),
  tenant_suspended: kind(403, 'The tenant is suspended: it may look, and change nothing'),
  quota_exceeded: kind(403, "The tenant's quota does not leave room for this"),
  not_found: kind(404, 'There is no such thing, or not for this tenant'),
  route_not_found: kind(404, 'There is no such path'),
  method_not_allowed: kind(405, 'The path does not take this method'),
  cluster_not_ready: kind(409, 'The cluster does not serve yet, or no longer', true),
  cluster_deleting: kind(409, 'The cluster is being deleted and changes no more'),
  deletion_protected: kind(409, 'The cluster is protected from deletion'),
  operation_not_cancelable: kind(409, 'The operation cannot be canceled'),
  tenant_not_empty: kind(409, 'The tenant still has clusters'),
  tenant_deleting: kind(409, 'The tenant is being deleted'),
  webhook_disabled: kind(409, 'The webhook is disabled'),
  webhook_backlog_full: kind(409, 'Too many deliveries to the webhook wait', true),
  delivery_pending: kind(409, 'The delivery is still under way'),
  secret_rotating: kind(409, 'The secret before is still valid'),
  key_not_active: kind(409, 'The key was revoked, has expired or has a successor already'),
  idempotency_in_flight: kind(409, 'The first request with this Idempotency-Key is still being worked on', true),
  secret_shown_once: kind(409, 'What the first request made holds a secret, which is shown only once'),
  precondition_failed: kind(412, 'It has changed since the ETag in If-Match'),
  body_too_large: kind(413, 'The body is larger than the API takes'),
  unsupported_media_type: kind(415, 'The body must be application/json, and not compressed'),
  engine_not_on_offer: kind(422, 'The engine is not on offer'),
  version_not_on_offer: kind(422, 'The version is not on offer'),
  size_not_available: kind(422, 'No host can carry a node of this size'),
  az_not_available: kind(422, 'The availability zone has no hosts'),
  plan_not_on_offer: kind(422, 'There is no such plan'),
  webhook_url_not_allowed: kind(422, 'Webhooks are not sent to such a URL'),
  idempotency_key_reused: kind(422, 'The Idempotency-Key was used for another request'),
  rate_limited: kind(429, 'Too many requests', true),
  internal_error: kind(500, 'Something went wrong on our side', true),
  unavailable: kind(503, 'Too busy for this request right now', true),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** One thing that is wrong: `in` says what the JSON pointer (RFC 6901) points into. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header'
  pointer: string
  code: ErrorCode
  detail: string
}

interface Details {
  errors?: FieldError[]
  /** Members of the problem beside the standard ones. */
  members?: Record<string, unknown>
  headers?: Record<string, string>
  cause?: unknown
}

/** The one error that may reach a tenant. Whatever else is thrown becomes `internal_error`. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly errors: FieldError[]
  readonly members: Record<string, unknown>
  readonly headers: Record<string, string>
  constructor(code: ErrorCode, detail: string, { errors = [], members = {}, headers = {}, cause }: Details = {}) {
    super(detail, { cause })
    this.name = 'AppError'
    this.code = code
    this.errors = errors
    this.members = members
    this.headers = headers
  }
}

/** A body can hold more mistakes than an answer can: Lambda refuses one of 6 MB. */
const MOST_TOLD = 20

/** Refuses a request for these reasons, the first of them told, under their own code when they share one. */
export function refusal(errors: FieldError[]): AppError {
  const [first, ...others] = new Set(errors.map((error) => error.code))
  const code = first !== undefined && others.length === 0 ? first : 'invalid_request'
  const told = errors.slice(0, MOST_TOLD)
  const more = errors.length > told.length ? [`and ${errors.length - told.length} more`] : []
  return new AppError(code, [...told.map((error) => error.detail), ...more].join('; '), { errors: told })
}
