import { draws } from '../../local/faults/selection.ts'

/** AWS publishes one example and no distribution: log-normal around it, so that one task in twenty takes 1.39 times as long or longer. */
export const SIGMA = 0.2

/** Draws times around a middle one, by the Box-Muller transform. */
export function spread(seed: number): (middle: number) => () => number {
  const random = draws(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return (middle) => () => middle * Math.exp(SIGMA * normal())
}
