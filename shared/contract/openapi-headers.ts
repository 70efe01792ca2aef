import type { Route } from './route.ts'

/** Of answers. */
export const HEADERS: Record<string, { description: string; required?: true }> = {
  'X-Request-Id': { description: 'Names this request in our logs', required: true },
  'Cache-Control': { description: 'Who may keep the answer, and for how long', required: true },
  ETag: { description: 'Changes whenever the body does; send it as If-None-Match, or as If-Match with a change', required: true },
  Location: { description: 'Where that is which was made or changed', required: true },
  'Operation-Location': { description: 'Where the operation is', required: true },
  'Retry-After': { description: 'Seconds until it is worth asking again' },
  'RateLimit-Policy': {
    description: 'How many requests the tenant may make at once (`q`) and in how many seconds that comes back (`w`)',
    required: true,
  },
  RateLimit: { description: 'How many requests may follow at once (`r`), and the seconds until all may again (`t`)', required: true },
  'Idempotent-Replayed': { description: '`true`: the stored answer to an earlier request with the same Idempotency-Key' },
  'Preference-Applied': { description: 'How long the answer waited for the operation to end (RFC 7240)' },
  'WWW-Authenticate': { description: 'How to say who calls (RFC 6750)', required: true },
  'Accept-Encoding': { description: 'The codings that a body may have' },
}

export const headersOf = (names: readonly string[]) =>
  Object.fromEntries(['X-Request-Id', 'Cache-Control', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]))

export const rateHeaders = (route: Route): string[] => (route.scope === 'public' ? [] : ['RateLimit', 'RateLimit-Policy'])

/** Of an answer that is no refusal. */
export const answerHeaders = (route: Route) => [
  ...rateHeaders(route),
  ...route.headers,
  ...(route.idempotent ? ['Idempotent-Replayed'] : []),
  ...(route.waits ? ['Preference-Applied'] : []),
]

/** Of refusals, by status. */
export const PROBLEM_HEADERS: Partial<Record<string, string[]>> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  415: ['Accept-Encoding'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
}
