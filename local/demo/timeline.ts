import type { Operation } from '../../shared/contract/operation.ts'
import { colors } from './colors.ts'
import { shortened } from './progress.ts'

const BAR = 32
const DETAIL_WIDTH = 24

/** The steps of an operation as bars on one time axis, by their start. */
export function timeline(operation: Operation): string {
  const start = Date.parse(operation.created_at)
  const end = Date.parse(operation.finished_at ?? operation.created_at)
  const scale = BAR / Math.max(1, end - start)
  const rows = [...operation.steps]
    .sort((a, b) => a.started_at.localeCompare(b.started_at))
    .map((step) => {
      const from = Date.parse(step.started_at) - start
      const to = Date.parse(step.finished_at ?? step.started_at) - start
      const left = Math.min(BAR - 1, Math.floor(from * scale))
      const length = Math.max(1, Math.round((to - from) * scale))
      const bar = `${' '.repeat(left)}${'━'.repeat(Math.min(length, BAR - left))}`.padEnd(BAR)
      const paint = step.state === 'succeeded' ? colors.green : colors.red
      const when = `${String(from).padStart(5)} ms + ${String(to - from).padStart(5)} ms`
      return `  ${step.name.padEnd(18)} ${paint(bar)} ${when}  ${colors.dim(shortened(step.detail ?? '', DETAIL_WIDTH))}`.trimEnd()
    })
  return [...rows, `  ${'in all'.padEnd(18)} ${' '.repeat(BAR)} ${String(end - start).padStart(16)} ms`].join('\n')
}
