import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Item } from '../../cdk/capacity/usage.ts'

const CENTS = 100
export const cents = (usd: number): number => usd * CENTS

const counted = (count: number): string => (count >= 100 ? Math.round(count).toLocaleString('en-US') : String(Number(count.toFixed(2))))
/** One line of what a figure is the sum of. */
export const inCents = (items: Item[]): string =>
  items.map(({ what, count, usd }) => `${counted(count)} ${what} ${cents(usd).toFixed(3)}`).join(', ')
export const inDollars = (items: Item[]): string =>
  items.map(({ what, count, usd }) => `${counted(count)} ${what} $${usd.toFixed(2)}`).join(', ')

/** Everything that a figure is made of, in `bench/results/money-<name>.json`. */
export function writeDown(name: string, content: object): void {
  const results = join(import.meta.dirname, '..', 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, `money-${name}.json`), `${JSON.stringify(content, undefined, 2)}\n`)
}
