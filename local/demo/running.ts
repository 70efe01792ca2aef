import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'

const Running = z.object({ pid: z.int(), apiUrl: z.string().optional() })
export type Running = z.infer<typeof Running>

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function read(file: string): Running | undefined {
  try {
    return Running.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Not there, or torn by a kill: nobody that could be reached.
    return undefined
  }
}

/**
 * One local cloud per checkout: claims the place, or says who has it. The place of a process that is gone is taken over.
 */
export function claim(file: string): { taken: Running } | { note(apiUrl: string): void; release(): void } {
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid }), { flag: 'wx' })
      break
    } catch {
      const taken = read(file)
      if (taken && alive(taken.pid)) return { taken }
      rmSync(file, { force: true })
    }
  }
  return {
    note: (apiUrl) => writeFileSync(file, JSON.stringify({ pid: process.pid, apiUrl })),
    release: () => rmSync(file, { force: true }),
  }
}
