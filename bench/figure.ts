import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pc from 'picocolors'

/** One line of the table: both sides of a ratio, measured in one run, or one amount under a bound. */
export interface Figure {
  name: string
  ours: number
  /** What it is held against; absent where the bound is absolute. */
  theirs?: number
  unit: string
  /** Ours over theirs, or ours alone, must not be above this; absent where both are only shown beside one another. */
  target?: number
  note?: string
}
/** A figure that cannot be had on this machine, and why. */
export interface Skipped {
  name: string
  skipped: string
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no values to take the median of')
  return middle
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2))
const measured = (figure: Figure): number => (figure.theirs === undefined ? figure.ours : figure.ours / figure.theirs)
/** Nothing where nothing is asked. */
const met = (figure: Figure): boolean | undefined => (figure.target === undefined ? undefined : measured(figure) <= figure.target)

function line(entry: Figure | Skipped): string {
  if ('skipped' in entry) return `  ${pc.yellow('skipped')}  ${entry.name}: ${entry.skipped}`
  const verdict = met(entry) === undefined ? pc.dim('beside ') : met(entry) ? pc.green('met    ') : pc.red('NOT MET')
  const sides =
    entry.theirs === undefined
      ? `${shown(entry.ours)} ${entry.unit}`
      : `${shown(entry.ours)} / ${shown(entry.theirs)} ${entry.unit} = ${shown(measured(entry))}`
  const bound = entry.target === undefined ? '' : `, must be <= ${entry.target}`
  return `  ${verdict}  ${entry.name}: ${sides}${bound}${entry.note ? pc.dim(`  (${entry.note})`) : ''}`
}

/** Prints the figures and writes them to `bench/results/<name>.json`; answers whether all that were measured are met. */
export function report(name: string, figures: (Figure | Skipped)[]): boolean {
  for (const figure of figures) console.log(line(figure))
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const rows = figures.map((entry) => ('skipped' in entry ? entry : { ...entry, measured: measured(entry), met: met(entry) }))
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(rows, undefined, 2)}\n`)
  return rows.every((row) => 'skipped' in row || row.met !== false)
}
