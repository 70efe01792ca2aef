import type { Session } from './assume-role.ts'

/**
 * Asked for anew when so little is left. The SDK asks its provider again when less than five minutes are left, and keeps to
 * one answer through the retries of a call: what it gets must last longer than that.
 */
const MARGIN_MS = 6 * 60_000
/** When STS does not answer, what is left is used up to here. */
const LAST_MS = 60_000

/**
 * Credentials that are renewed before they end. Whoever asks while they are being fetched waits for the same answer; a
 * fetch that fails is no answer, and the next one asks again.
 */
export function renewing(fetch: () => Promise<Session>, now: () => number): () => Promise<Session> {
  let current: Session | undefined
  let fetching: Promise<Session> | undefined
  const left = (): number => (current ? current.expiration.getTime() - now() : 0)
  async function renew(): Promise<Session> {
    try {
      current = await fetch()
      return current
    } catch (error) {
      if (current && left() > LAST_MS) return current
      throw error
    } finally {
      fetching = undefined
    }
  }
  return async () => {
    if (current && left() > MARGIN_MS) return current
    fetching ??= renew()
    return fetching
  }
}
