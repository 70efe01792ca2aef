import type { Attempt } from '../contract/delivery.ts'
import { httpDate } from './http-date.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The wait before each attempt, as https://www.standardwebhooks.com gives it by example: some 75 hours in all. */
export const ATTEMPT_DELAYS_MS = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
/** The most that a receiver's Retry-After may ask for. */
const MAX_RETRY_AFTER_MS = 24 * HOUR
/** A delay is stretched by up to this share, never shortened: it spreads a herd and still honours a Retry-After. */
const JITTER = 0.2
/** Statuses whose Retry-After is meant for us (RFC 9110, 10.2.3; RFC 6585, 4). */
const ASKS_TO_WAIT = new Set([429, 503])
const GONE = 410

/** What follows an attempt. `gone`: the receiver wants no more, of this or anything. */
export type Verdict = { kind: 'succeeded' } | { kind: 'retry'; delayMs: number } | { kind: 'exhausted' } | { kind: 'gone' }

/** A Retry-After in milliseconds from `now`: seconds, or an HTTP date. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0
  const asked = /^\d+$/.test(header) ? Number(header) * SECOND : (httpDate(header, now) ?? now) - now
  return Math.min(Math.max(asked, 0), MAX_RETRY_AFTER_MS)
}

/**
 * @param made attempts made so far, this one included
 * @param random in [0, 1)
 */
export function afterAttempt(
  attempt: Pick<Attempt, 'outcome' | 'status'>,
  made: number,
  wait: { retryAfter?: string; now: number; random: number },
): Verdict {
  if (attempt.outcome === 'success') return { kind: 'succeeded' }
  if (attempt.status === GONE) return { kind: 'gone' }
  const delay = ATTEMPT_DELAYS_MS[made]
  if (delay === undefined) return { kind: 'exhausted' }
  const asked = attempt.status !== undefined && ASKS_TO_WAIT.has(attempt.status) ? retryAfterMs(wait.retryAfter, wait.now) : 0
  return { kind: 'retry', delayMs: Math.round(Math.max(delay, asked) * (1 + JITTER * wait.random)) }
}

/** Half of it is more than EARLY_MS of the delivery store: a message that came earlier must find it put off. */
const BUSY_MS = 4 * SECOND
const LONGEST_BUSY_MS = 2 * MINUTE

/**
 * How long to wait for a receiver that is sent all it may be sent at once: longer each time, so that those who wait for a
 * slow one cost little.
 * @param postponed how often in a row this one has waited before
 * @param random in [0, 1)
 */
export const busyDelayMs = (postponed: number, random: number): number =>
  Math.round(Math.min(LONGEST_BUSY_MS, BUSY_MS * 2 ** Math.min(postponed, 10)) * (0.5 + random / 2))
