import { createHash } from 'node:crypto'
import { AppError } from '../../shared/contract/errors.ts'
import type { Committed } from '../../shared/idempotency/commit.ts'
import type { Once } from '../../shared/idempotency/once.ts'
import type { Answer } from './answer.ts'

/** A structured-field string (RFC 9941, 3.3.3): its quotes and escapes taken off. Most clients send the key bare. */
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
 * Makes a request with an Idempotency-Key happen once; one without is none.
 * @throws invalid_idempotency_key
 */
export function onceOf<T>(
  request: { key: string | undefined; method: string; path: string; body: unknown },
  answer: (result: T) => Answer,
): Once<T> | undefined {
  if (request.key === undefined) return undefined
  const key = unquoted(request.key.trim())
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new AppError('invalid_idempotency_key', 'Idempotency-Key takes 1 to 255 printable ASCII characters')
  }
  const fingerprint = sha256(`${request.method} ${request.path}\n${canonical(request.body)}`)
  return { hash: sha256(key), fingerprint, answer }
}

/** The first answer, or the stored one, said to be so. */
export function answerTo<T>(committed: Committed<T>, answer: (result: T) => Answer): Answer {
  if ('result' in committed) return answer(committed.result)
  const { replayed } = committed
  return { ...replayed, headers: { ...replayed.headers, 'idempotent-replayed': 'true' } }
}
