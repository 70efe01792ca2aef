import { createHash } from 'node:crypto'
import type { CloudKill } from './clouds.ts'
import { type Moment, nameOf } from './moment.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** From 0 to 1, always the same for the same words. */
const share = (text: string): number => digest(text).readUInt32BE() / 2 ** 32

/** In an order that a seed gives back, though one run may count a call more than another. */
export const shuffled = (moments: readonly Moment[], seed: string): Moment[] =>
  moments
    .map((moment) => ({ moment, at: digest(`${seed} ${nameOf(moment)}`).toString('hex') }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ moment }) => moment)

/** How long a create lasts until its webhook is received, and a delete. */
const LASTS_MS = { create: 4_500, delete: 1_500 }

/** So many moments, one of three in a delete: from the request until a little after all is over. */
export const cloudKills = (count: number, seed: string): CloudKill[] =>
  Array.from({ length: count }, (_, i) => {
    const during = i % 3 === 2 ? ('delete' as const) : ('create' as const)
    return { during, afterMs: Math.round(share(`${seed} cloud ${i}`) * LASTS_MS[during]) }
  })
