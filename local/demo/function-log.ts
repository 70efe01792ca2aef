import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { inspect } from 'node:util'

/** What functions write and what goes wrong behind the scenes; a file, since the story on the screen is about something else. */
export interface FunctionLog {
  readonly path: string
  /** A line a function wrote. */
  write(functionName: string, line: string): void
  /** Something that failed and had nobody to be told. */
  trouble(error: unknown, where: string): void
  /** The last lines that are errors, shortened to what fits a screen. */
  lastErrors(): string[]
  close(): void
}

/** At the start a longer file makes way for a new one. */
const LONG_BYTES = 20 * 1024 * 1024
const SHOWN = 5
const WIDTH = 96

export function openFunctionLog(path: string): FunctionLog {
  if (existsSync(path) && statSync(path).size > LONG_BYTES) renameSync(path, `${path}.1`)
  const file = openSync(path, 'a')
  const began = statSync(path).size
  let open = true
  const put = (who: string, what: string): void => {
    if (open) writeSync(file, `${new Date().toISOString()} ${who} ${what}\n`)
  }
  return {
    path,
    write: put,
    trouble: (error, where) => put(where, `"level":"error" ${inspect(error)}`),
    lastErrors: () => {
      const lines = readFileSync(path).subarray(began).toString('utf8').split('\n')
      return lines
        .filter((line) => line.includes('"level":"error"') || line.includes('Invoke Error'))
        .slice(-SHOWN)
        .map((line) => line.slice(0, WIDTH))
    },
    close: () => {
      open = false
      closeSync(file)
    },
  }
}
