import * as z from 'zod'

/** Which of those that match are hit; without any of it, all are. */
export const Selection = {
  every: z.int().min(1).optional().describe('each so-manieth of them, counted from 1'),
  share: z.number().gt(0).max(1).optional().describe('that share of them, drawn by the seed'),
  seed: z.int().min(1).default(1).describe('the same hits again, as far as they come in the same order'),
  times: z.int().min(1).optional().describe('so often, then no more'),
}
export interface Selected {
  every?: number | undefined
  share?: number | undefined
  seed: number
  times?: number | undefined
}

/** Numbers from 0 to 1, the same for the same seed: https://en.wikipedia.org/wiki/Xorshift */
export function draws(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** @returns what is asked of each that matches: whether it is hit */
export function selector({ every, share, seed, times }: Selected): () => boolean {
  const draw = draws(seed)
  let seen = 0
  let hits = 0
  return () => {
    seen += 1
    if (times !== undefined && hits >= times) return false
    const hit = (every === undefined || seen % every === 0) && (share === undefined || draw() < share)
    if (hit) hits += 1
    return hit
  }
}
