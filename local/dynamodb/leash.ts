import { spawn } from 'node:child_process'

/**
 * A shell that waits for the end of its input, which comes when this process dies in whatever way, and then kills the child.
 * It is detached, so that a signal to our process group does not end it first.
 * @returns lets go, to be called when the child has ended
 */
export function leash(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', `read -r letgo || kill -9 ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  shell.unref()
  shell.stdin.on('error', () => undefined)
  return () => {
    shell.stdin.end('go\n')
  }
}
