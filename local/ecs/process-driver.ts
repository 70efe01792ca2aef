import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Timers } from '../timers.ts'
import { type ContainerPlan, type Driver, type DriverEvents, type ImageStore, type Launch, type Recovered, StartFailure } from './driver.ts'
import { killLeftovers } from './leftovers.ts'
import { isAddressFree } from './ports.ts'
import { isAlive, type PidFile, readPidFile, refuseLaunch, START_SCRIPT } from './process-identity.ts'
import { environmentOf, exitFileOf, logOf, makeRoot, pidFileOf, rootOf } from './process-root.ts'
import { processTable } from './process-table.ts'

export interface ProcessDriverDeps {
  images: ImageStore
  timers: Timers
}

const softLimitOfFiles = ({ ulimits }: ContainerPlan): number => ulimits.find(({ name }) => name === 'nofile')?.softLimit ?? 0

/** Starts the process in a session of its own, so that it outlives us, with its output in the task's log. */
async function spawnDetached(launch: Launch, plan: ContainerPlan, imagePath: string): Promise<{ child: ChildProcess; pid: number }> {
  const log = openSync(logOf(launch), 'a')
  try {
    const child = spawn('/bin/sh', ['-c', START_SCRIPT, 'launch', pidFileOf(launch), String(softLimitOfFiles(plan)), ...plan.argv], {
      cwd: rootOf(launch),
      env: environmentOf(launch, plan, imagePath),
      detached: true,
      stdio: ['ignore', log, log],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    if (child.pid === undefined) throw new Error('the process has no pid')
    return { child, pid: child.pid }
  } finally {
    closeSync(log)
  }
}

/** As a shell and Docker count: 128 and the signal's number. */
function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0)
}

async function pull(images: ImageStore, image: string): Promise<string> {
  try {
    return (await images.pull(image)).path
  } catch (cause) {
    throw new StartFailure(`CannotPullContainerError: ${Error.isError(cause) ? cause.message : String(cause)}`, { cause })
  }
}

/** A starter that is between making its pid file and writing it is alive and will be done at once. */
async function settledPidFile(file: string): Promise<PidFile> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = readPidFile(file)
    if (found !== 'empty') return found
    await sleep(10)
  }
  return 'empty'
}

async function recover(launch: Launch, adopt: (identity: Exclude<PidFile, string>) => void): Promise<Recovered> {
  if (refuseLaunch(pidFileOf(launch))) return { state: 'never-started' }
  const found = await settledPidFile(pidFileOf(launch))
  if (found === 'refused') return { state: 'never-started' }
  if (typeof found !== 'string' && isAlive(found)) {
    adopt(found)
    return { state: 'running' }
  }
  killLeftovers(rootOf(launch))
  const exitFile = exitFileOf(launch)
  return { state: 'exited', ...(existsSync(exitFile) ? { exitCode: Number(readFileSync(exitFile, 'utf8')) } : {}) }
}

/** Runs containers as processes of this machine: the image is a PATH, the root a directory, the interface a loopback address. */
export function processDriver({ images, timers }: ProcessDriverDeps): (events: DriverEvents) => Driver {
  return (events) => {
    const table = processTable(timers, events.exited)
    const spawning = new Set<Promise<void>>()
    let closed = false

    async function run(launch: Launch, plan: ContainerPlan, imagePath: string): Promise<void> {
      makeRoot(launch, plan)
      const { child, pid } = await spawnDetached(launch, plan, imagePath)
      const finish = table.add(launch, pid)
      child.once('exit', (code, signal) => finish({ exitCode: exitCodeOf(code, signal) }))
      // The cloud's own process may end without waiting for its nodes.
      child.unref()
    }
    async function start(launch: Launch, plan: ContainerPlan): Promise<void> {
      const imagePath = await pull(images, plan.image)
      if (closed) throw new StartFailure('CannotStartContainerError: the local cloud is stopping')
      const running = run(launch, plan, imagePath)
      spawning.add(running)
      await running.finally(() => spawning.delete(running))
    }
    async function stop(launch: Launch, timeoutMs: number): Promise<void> {
      const found = table.get(launch)
      if (!found) return
      table.signal(found, 'SIGTERM')
      const cancel = timers.after(timeoutMs, () => table.signal(found, 'SIGKILL'))
      await found.ended
      cancel()
    }
    return {
      start,
      recover: async (launch) => (table.get(launch) ? { state: 'running' } : recover(launch, (identity) => table.adopt(launch, identity))),
      // A launch that nobody knows never began: it would have found its pid file made.
      recovered: async () => undefined,
      stop,
      kill: (launch, signal) => {
        const found = table.get(launch)
        return found !== undefined && table.signal(found, signal)
      },
      isAddressFree,
      close: async () => {
        closed = true
        await Promise.allSettled(spawning)
      },
    }
  }
}
