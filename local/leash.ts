import { spawn } from 'node:child_process'

/**
 * A shell that waits for the end of its input, which comes when this process dies in whatever way, and then runs `script` with
 * `args` as $1 and so on. It is detached, so that a signal to our process group does not end it first.
 * @returns lets go without running it; resolves when the shell is gone
 */
export function leash(script: string, ...args: string[]): () => Promise<void> {
  const shell = spawn('/bin/sh', ['-c', `read -r letgo && exit\n${script}`, 'leash', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  shell.stdin.on('error', () => undefined)
  const gone = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve())
    shell.once('error', () => resolve())
  })
  return () => {
    shell.ref()
    shell.stdin.end('go\n')
    return gone
  }
}
