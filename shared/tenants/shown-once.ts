import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import type { Committed } from '../idempotency/commit.ts'

const Named = z.object({ id: z.string() })

/**
 * An answer that was lost is lost: the secret is kept nowhere, so that a repeated request learns which key it was about, and
 * no more.
 * @throws secret_shown_once
 */
export function shownOnce<T>(committed: Committed<T>): T {
  if ('result' in committed) return committed.result
  const { id } = Named.parse(JSON.parse(committed.replayed.body))
  const detail = `Key ${id} was made for the first request and shown then; send another Idempotency-Key to make another key`
  throw new AppError('secret_shown_once', detail, { members: { key_id: id } })
}
