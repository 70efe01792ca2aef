import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * When a process started, in clock ticks since boot: with its pid it names one process for good, since pids are used
 * again. `undefined` when there is none, or only its zombie. The fields stand behind the command's closing bracket (proc_pid_stat(5)).
 */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const writePidFile = (file: string, pid: number): void => writeFileSync(file, `${pid} ${startTicks(pid)}\n`)
export const removePidFile = (file: string): void => rmSync(file, { force: true })

const GRACE_MS = 5000

/** Ends the process that an earlier run noted in the file, if it is still that one. */
export async function endLeftover(file: string): Promise<void> {
  if (!existsSync(file)) return
  const [pid = '', ticks] = readFileSync(file, 'utf8').trim().split(' ')
  const alive = (): boolean => ticks !== undefined && startTicks(Number(pid)) === ticks
  if (alive()) process.kill(Number(pid), 'SIGKILL')
  for (const end = Date.now() + GRACE_MS; alive() && Date.now() < end; ) await sleep(5)
  if (alive()) throw new Error(`process ${pid} of an earlier run does not end; ${file} names it`)
  removePidFile(file)
}
