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

/** The processes of the machine that a model with that directory has started, zombies apart. */
export function processesOf(dataDir: string): LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      command: read(pid, 'cmdline').replaceAll('\0', ' '),
      environment: read(pid, 'environ').split('\0'),
    }))
    .filter(({ environment }) => environment.some((variable) => variable.startsWith(`HOME=${dataDir}/`)))
}
