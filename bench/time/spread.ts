/** Uniform over 0 to 1, the same after the same seed: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** AWS publishes one example and no distribution: log-normal around it, so that one task in twenty takes 1.39 times as long or longer. */
export const SIGMA = 0.2

/** Draws times around a middle one, by the Box-Muller transform. */
export function spread(seed: number): (middle: number) => () => number {
  const random = seeded(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return (middle) => () => middle * Math.exp(SIGMA * normal())
}
