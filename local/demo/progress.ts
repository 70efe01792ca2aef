import type { Operation } from '../../shared/contract/operation.ts'
import { Operation as OperationSchema } from '../../shared/contract/operation.ts'
import type { Api } from './api.ts'
import { colors } from './colors.ts'
import type { Screen } from './screen.ts'
import { Trouble } from './trouble.ts'

const POLL_MS = 150
const DETAIL_WIDTH = 60
/** What is waited for longer than this is said. */
const LONG_WAIT_MS = 5000

type Step = Operation['steps'][number]

export const shortened = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

function stepLine(step: Step, endedAt: string): string {
  const ms = Date.parse(endedAt) - Date.parse(step.started_at)
  const mark = step.state === 'succeeded' ? colors.green('✓') : colors.red('✗')
  const again = step.state === 'failed' ? ' (the next pass decides whether to try again)' : ''
  const detail = shortened(`${step.detail ?? ''}${again}`, DETAIL_WIDTH)
  return `    ${mark} ${step.name.padEnd(18)} ${String(ms).padStart(5)} ms  ${colors.dim(detail)}`.trimEnd()
}

/** Tells of an operation as it goes: a line for each step that ended, in the order of their ends, and what goes on now. */
function teller(screen: Screen): (operation: Operation) => void {
  const told = new Set<string>()
  let waiting: string | undefined
  return (operation) => {
    const ended = operation.steps.flatMap((step) => (step.finished_at && step.state !== 'running' ? [{ step, at: step.finished_at }] : []))
    for (const { step, at } of ended.sort((a, b) => a.at.localeCompare(b.at))) {
      // A step that ran again has another end; that it succeeded again is no news.
      const news = `${step.name} ${step.state} ${step.state === 'failed' ? at : ''}`
      if (told.has(news)) continue
      told.add(news)
      screen.line(stepLine(step, at))
    }
    const running = operation.steps.filter((step) => step.state === 'running').map((step) => step.name)
    const wait = operation.waiting_for?.message
    const long = Date.now() - Date.parse(operation.waiting_for?.since ?? '') > LONG_WAIT_MS
    if (long && wait !== waiting) screen.line(`    ${colors.yellow('…')} waits: ${wait}`)
    if (long) waiting = wait
    screen.status(operation.state === 'running' ? running.join(', ') || wait || 'observing and planning' : undefined)
  }
}

/**
 * Follows an operation to its end.
 * @param timeoutMs the bound of it
 * @throws Trouble past the bound, with what it waits for
 */
export async function follow(tenant: Api, operationId: string, timeoutMs: number, screen: Screen): Promise<Operation> {
  const tell = teller(screen)
  const end = Date.now() + timeoutMs
  try {
    for (;;) {
      const operation = await tenant.call('GET', `/v1/operations/${operationId}`, OperationSchema)
      tell(operation)
      if (operation.state !== 'running') return operation
      if (Date.now() > end) {
        const why = operation.waiting_for?.message ?? 'nothing that it names'
        throw new Trouble(
          `${operation.type} has not ended in ${timeoutMs / 1000} s; it waits for: ${why}`,
          'Start again, on a calmer machine.',
        )
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    screen.status(undefined)
  }
}
