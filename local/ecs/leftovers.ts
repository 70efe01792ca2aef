import { readdirSync, readFileSync } from 'node:fs'

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // Gone meanwhile, or another user's: not ours.
    return []
  }
}

/**
 * Ends what a container's main process left behind. In a container the kernel does so, with the pid namespace; here the
 * processes are known by their home directory, which is the container's root and no other's.
 */
export function killLeftovers(home: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!environmentOf(pid).includes(`HOME=${home}`)) continue
    sendSignal(Number(pid), 'SIGKILL')
  }
}

/** @param target a pid, or the negated pid of a process group's leader @returns whether there was one */
export function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal)
  } catch (error) {
    if (Error.isError(error) && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}
