import { execFile } from 'node:child_process'

/** Runs a program to its end and answers its standard output; fails with the last lines it complained. */
export type Command = (program: string, args: string[], options?: { cwd?: string }) => Promise<string>

const LONGEST_MS = 180_000

/** @param signal ends what runs, and answers when it has ended */
export const commands =
  (signal?: AbortSignal): Command =>
  (program, args, { cwd } = {}) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const options = {
        ...(cwd === undefined ? {} : { cwd }),
        maxBuffer: 16 * 1024 * 1024,
        timeout: LONGEST_MS,
      }
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        signal?.removeEventListener('abort', end)
        if (!error) return resolve(stdout)
        const words = stderr.trim().split('\n').slice(-2).join(' ') || error.message
        reject(new Error(`${program} ${args[0] ?? ''}: ${words}`, { cause: error }))
      })
      const end = (): void => {
        child.kill()
      }
      signal?.addEventListener('abort', end)
    })
