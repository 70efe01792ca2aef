import { readdirSync, readFileSync } from 'node:fs'

export interface LiveProcess {
  pid: number
  command: string
  environment: string[]
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The processes of the machine that a model with that directory has started, zombies apart: known by their home, and in containers
 * by the variable WHOSE. A container's first process is the Engine's own, not the task's.
 */
export function processesOf(dataDir: string): LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      command: read(pid, 'cmdline').replaceAll('\0', ' '),
      environment: read(pid, 'environ').split('\0'),
    }))
    .filter(({ command }) => !command.startsWith('/sbin/docker-init'))
    .filter(({ environment }) => environment.some((each) => each.startsWith(`HOME=${dataDir}/`) || each === `WHOSE=${dataDir}`))
}
