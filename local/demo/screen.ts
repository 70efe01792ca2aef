import { colors, lively } from './colors.ts'

export interface Screen {
  /** A line that stays. */
  line(text: string): void
  /** What goes on now: the last, moving line of a terminal; elsewhere said once. Undefined takes it away. */
  status(text: string | undefined): void
  /** Does the work and leaves a line of how long it took. Several may be done at once. */
  during<T>(label: string, work: () => Promise<T>): Promise<T>
  /** Nothing moves any more, and whoever still works is not heard. */
  close(): void
}

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']
const FRAME_MS = 80
/** How often a terminal-less reader is told that it goes on. */
const HEARTBEAT_MS = 10_000
const CLEAR_LINE = '\r\u001b[K'

interface Output {
  write(text: string): unknown
  columns?: number
}

/** A last line that moves under those that stay. */
function movingLine(output: Output): { above(text: string): void; show(text: string | undefined): void } {
  let shown: string | undefined
  let since = 0
  let timer: NodeJS.Timeout | undefined
  function draw(): void {
    if (shown === undefined) return
    const elapsed = Date.now() - since
    const frame = FRAMES[Math.floor(elapsed / FRAME_MS) % FRAMES.length] ?? ''
    const text = `${shown} ${Math.floor(elapsed / 1000)} s`.slice(0, (output.columns || 80) - 5)
    output.write(`${CLEAR_LINE}  ${colors.cyan(frame)} ${text}`)
  }
  return {
    above: (text) => {
      output.write(`${shown === undefined ? '' : CLEAR_LINE}${text}\n`)
      draw()
    },
    show: (text) => {
      if (shown !== undefined) output.write(CLEAR_LINE)
      else since = Date.now()
      clearInterval(timer)
      shown = text
      draw()
      if (text !== undefined) timer = setInterval(draw, FRAME_MS)
    },
  }
}

/** Lines alone: nothing moves, but now and then one says that it goes on. */
function plainLines(output: Output): ReturnType<typeof movingLine> {
  let timer: NodeJS.Timeout | undefined
  return {
    above: (text) => output.write(`${text}\n`),
    show: (text) => {
      clearInterval(timer)
      if (text !== undefined) timer = setInterval(() => output.write(`  … ${text}\n`), HEARTBEAT_MS)
    },
  }
}

export function openScreen(output: Output = process.stdout, moves = lively): Screen {
  const { above, show } = moves ? movingLine(output) : plainLines(output)
  const doing = new Set<string>()
  let said: string | undefined
  let closed = false
  const line = (text: string): void => {
    if (!closed) above(text)
  }
  const refresh = (): void => {
    if (closed) return
    show([...doing, ...(said === undefined ? [] : [said])].join(', ') || undefined)
  }
  return {
    line,
    status: (text) => {
      if (text === said) return
      said = text
      refresh()
    },
    during: async (label, work) => {
      const start = Date.now()
      doing.add(label)
      refresh()
      const end = (mark: string): void => {
        const took = colors.dim(`${Date.now() - start} ms`)
        doing.delete(label)
        refresh()
        line(`  ${mark} ${label} ${took}`)
      }
      try {
        const result = await work()
        end(colors.green('✓'))
        return result
      } catch (error) {
        end(colors.red('✗'))
        throw error
      }
    },
    close: () => {
      if (!closed) show(undefined)
      closed = true
    },
  }
}
