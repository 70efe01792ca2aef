import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..', '..')

/** A place of its own, with a temporary directory: another `npm start` on this machine is in nobody's way. */
export interface Place {
  path: string
  tempDir: string
  dataDir: string
  /** Processes that were started with this temporary directory, or work somewhere in this place; zombies apart. */
  processes(): { pid: number; command: string }[]
  remove(): void
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

export function givenPlace(): Place {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'ringhold-start-'))
  const tempDir = join(path, 'tmp')
  mkdirSync(tempDir)
  const isHere = (pid: string): boolean =>
    workingDirectory(pid).startsWith(`${path}/`) || read(`/proc/${pid}/environ`).split('\0').includes(`TMPDIR=${tempDir}`)
  const processes: Place['processes'] = () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isHere(name))
      .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
  return {
    path,
    tempDir,
    dataDir: join(path, 'data'),
    processes,
    remove: () => {
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL')
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export interface Started {
  child: ChildProcess
  /** All it has written, on either stream. */
  output(): string
  /** Resolves when it has written that. @throws when it ends before */
  wrote(what: string | RegExp): Promise<void>
  /** Sends a signal, and answers the exit code. */
  end(signal?: NodeJS.Signals): Promise<number>
  exitCode: Promise<number>
}

/** Starts a program in the checkout; its own temporary directory and plain output. */
export function startProgram(place: Place, program: string, args: string[], environment: Record<string, string> = {}): Started {
  const { FORCE_COLOR: _, npm_lifecycle_event: __, ...inherited } = process.env
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...inherited, TMPDIR: place.tempDir, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const exitCode = once(child, 'close').then(() => child.exitCode ?? 128 + constants.signals[child.signalCode ?? 'SIGKILL'])
  let over = false
  void exitCode.then(() => {
    over = true
  })
  return {
    child,
    exitCode,
    output: () => said,
    wrote: async (what) => {
      const isThere = (): boolean => (typeof what === 'string' ? said.includes(what) : what.test(said))
      while (!isThere()) {
        if (over) throw new Error(`it ended without ${what}:\n${said}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    end: (signal) => {
      if (signal) child.kill(signal)
      return exitCode
    },
  }
}

/** `npm start` without npm: the way in that it calls. */
export const start = (place: Place, ...args: string[]): Started =>
  startProgram(place, process.execPath, ['local/bootstrap.mjs', 'start', '--port', '0', ...args])

/** Resolves when nothing of the place runs any more, for what ends on its own. @throws past the bound */
export async function nothingRuns(place: Place, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const left = place.processes()
    if (left.length === 0) return
    if (Date.now() > end) throw new Error(`still there: ${JSON.stringify(left)}`)
  }
}
