import { execFile } from 'node:child_process'

/** Runs a program to its end and answers its standard output; fails with the last lines it complained. */
export const command = (program: string, args: string[], cwd?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { ...(cwd === undefined ? {} : { cwd }), maxBuffer: 16 * 1024 * 1024, timeout: 180_000 },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const words = stderr.trim().split('\n').slice(-2).join(' ') || error.message
        reject(new Error(`${program} ${args[0] ?? ''}: ${words}`, { cause: error }))
      },
    )
  })
