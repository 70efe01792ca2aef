import { writeFileSync } from 'node:fs'
import type { Timers } from '../timers.ts'
import type { Exit, Launch } from './driver.ts'
import { sendSignal } from './leftovers.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'
import { exitFileOf } from './process-root.ts'

/** How often adopted processes are looked at: they are not our children, so no one tells us that they ended. */
const POLL_MS = 250

export interface LiveProcess {
  launch: Launch
  /** Leader of its own process group. */
  pid: number
  /** Of an adopted process, to be sure that the pid is still its own. */
  identity?: ProcessIdentity
  ended: Promise<void>
}

export interface ProcessTable {
  get(launch: Launch): LiveProcess | undefined
  /** @returns what to call, once, when it ended */
  add(launch: Launch, pid: number): (exit: Exit) => void
  adopt(launch: Launch, identity: ProcessIdentity): void
  signal(process: LiveProcess, signal: NodeJS.Signals): boolean
}

const keyOf = (launch: Launch): string => `${launch.taskArn}#${launch.number}`

/** The processes that run for this driver; `exited` hears of each end once. */
export function processTable(timers: Timers, exited: (launch: Launch, exit: Exit) => void): ProcessTable {
  const live = new Map<string, LiveProcess & { finish(exit: Exit): void }>()
  let polling = false

  function insert(launch: Launch, pid: number, identity?: ProcessIdentity): (exit: Exit) => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const finish = (exit: Exit): void => {
      if (!live.delete(keyOf(launch))) return
      // What the main process started ends with it, as with a container's pid namespace; what left its process group is not found.
      if (!identity) sendSignal(-pid, 'SIGKILL')
      if (exit.exitCode !== undefined) writeFileSync(exitFileOf(launch), String(exit.exitCode))
      exited(launch, exit)
      resolve()
    }
    live.set(keyOf(launch), { launch, pid, ...(identity ? { identity } : {}), ended: promise, finish })
    return finish
  }
  function poll(): void {
    const adopted = [...live.values()].filter((process) => process.identity)
    for (const process of adopted) if (process.identity && !isAlive(process.identity)) process.finish({})
    polling = adopted.length > 0
    if (polling) timers.after(POLL_MS, poll)
  }
  return {
    get: (launch) => live.get(keyOf(launch)),
    add: (launch, pid) => insert(launch, pid),
    adopt: (launch, identity) => {
      insert(launch, identity.pid, identity)
      if (!polling) timers.after(POLL_MS, poll)
      polling = true
    },
    signal: ({ pid, identity }, signal) => {
      if (identity && !isAlive(identity)) return false
      return sendSignal(signal === 'SIGKILL' ? -pid : pid, signal)
    },
  }
}
