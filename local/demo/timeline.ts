import pc from 'picocolors'
import type { Operation } from '../../shared/contract/operation.ts'

const BAR = 40

/** The steps of an operation as bars on one time axis. */
export function timeline(operation: Operation): string {
  const start = Date.parse(operation.created_at)
  const end = Date.parse(operation.finished_at ?? operation.created_at)
  const scale = BAR / Math.max(1, end - start)
  const rows = operation.steps.map((step) => {
    const from = Date.parse(step.started_at) - start
    const to = Date.parse(step.finished_at ?? step.started_at) - start
    const left = Math.min(BAR - 1, Math.floor(from * scale))
    const length = Math.max(1, Math.round((to - from) * scale))
    const bar = `${' '.repeat(left)}${'━'.repeat(Math.min(length, BAR - left))}`.padEnd(BAR)
    const paint = step.state === 'succeeded' ? pc.green : pc.red
    return `  ${step.name.padEnd(18)} ${paint(bar)} ${String(from).padStart(5)} ms + ${String(to - from).padStart(5)} ms  ${pc.dim(step.detail ?? '')}`
  })
  return [...rows, `  ${'in all'.padEnd(18)} ${' '.repeat(BAR)} ${String(end - start).padStart(14)} ms`].join('\n')
}
