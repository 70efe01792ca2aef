import { createHash } from 'node:crypto'

/** An answer before it is one of API Gateway's. An empty body is none. */
export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

export const empty = (status: number): Answer => ({ status, headers: {}, body: '' })

/** Strong: the same for the same bytes (RFC 9110, 8.8.3). */
export const etagOf = (body: string): string => `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** One resource, which can be asked for again with its ETag. */
export function resource(body: unknown, headers: Record<string, string> = {}): Answer {
  const answer = json(200, body, headers)
  return { ...answer, headers: { ...answer.headers, etag: etagOf(answer.body) } }
}
