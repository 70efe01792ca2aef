import { createHash } from 'node:crypto'
import { AppError } from '../../shared/contract/errors.ts'
import type { Once } from '../../shared/idempotency/act.ts'
import type { Committed } from '../../shared/idempotency/commit.ts'
import type { Answer } from './answer.ts'

/** A structured-field string (RFC 9651, 3.3.3): its quotes and escapes taken off. Most clients send the key bare. */
const unquoted = (header: string): string => /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? header

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Members sorted at every depth, so that the same JSON has the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

/**
 * What makes a request with an Idempotency-Key happen once; undefined for one without.
 * @param request.scope keys of another scope are other keys: the platform may change what a tenant changes too
 * @throws invalid_idempotency_key
 */
export function onceOf(request: {
  key: string | undefined
  scope: string
  method: string
  path: string
  query: unknown
  body: unknown
}): Once | undefined {
  if (request.key === undefined) return undefined
  const key = unquoted(request.key.trim())
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new AppError('invalid_idempotency_key', 'Idempotency-Key takes 1 to 255 printable ASCII characters')
  }
  const fingerprint = sha256(`${request.method} ${request.path}\n${canonical(request.query)}\n${canonical(request.body)}`)
  return { hash: sha256(`${request.scope}\n${key}`), fingerprint }
}

/** The first answer, or the stored one, said to be so. */
export function answerTo<T>(committed: Committed<T>, answer: (result: T) => Answer): Answer {
  if ('result' in committed) return answer(committed.result)
  const { replayed } = committed
  return { ...replayed, headers: { ...replayed.headers, 'idempotent-replayed': 'true' } }
}
