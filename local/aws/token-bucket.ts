/** So many calls at once, and so many a second that come back. */
export interface Rate {
  burst: number
  perSecond: number
}

/** @returns what takes one token, or answers false where there is none: then nothing is taken */
export function tokenBucket({ burst, perSecond }: Rate, now: () => number): () => boolean {
  let tokens = burst
  let at = now()
  return () => {
    const moment = now()
    tokens = Math.min(burst, tokens + (Math.max(0, moment - at) * perSecond) / 1000)
    at = moment
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
