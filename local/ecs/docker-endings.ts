import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { ContainerInspectInfo } from 'dockerode'
import * as z from 'zod'
import type { Engine } from './docker-engine.ts'
import { type ContainerTable, exitOf, type Heard, type LiveContainer } from './docker-table.ts'
import type { DriverEvents, Exit, Launch } from './driver.ts'
import { exitFileOf } from './process-root.ts'

export interface EndingsDeps {
  engine: Engine
  table: ContainerTable
  exited: DriverEvents['exited']
  onError(error: unknown, where: string): void
}

export interface Endings {
  /** A container ended: it is told of, once, and removed. `exitCode` undefined: the Engine is asked, which may not know it any more. */
  finish(container: LiveContainer, exitCode: number | undefined, atMs: number): Promise<void>
  /** Looks whether containers that were thought to run still do. */
  lookAgain(): Promise<void>
}

const ExitFile = z.object({ exitCode: z.int().optional(), reason: z.string().optional() })

/** How a launch ended, if that was seen: it outlives the container. */
export function recordedExit(launch: Launch): Exit | undefined {
  if (!existsSync(exitFileOf(launch))) return undefined
  const { exitCode, reason } = ExitFile.parse(JSON.parse(readFileSync(exitFileOf(launch), 'utf8')))
  return { ...(exitCode === undefined ? {} : { exitCode }), ...(reason === undefined ? {} : { reason }) }
}

export const recordExit = (launch: Launch, exit: Exit): void => writeFileSync(exitFileOf(launch), JSON.stringify(exit))

export const exitOfState = ({ ExitCode, OOMKilled, FinishedAt }: ContainerInspectInfo['State'], heard: Heard): Exit =>
  exitOf(ExitCode, heard, Date.parse(FinishedAt), OOMKilled)

export function endings({ engine, table, exited, onError }: EndingsDeps): Endings {
  async function whyEnded({ id, heard }: LiveContainer, exitCode: number | undefined, atMs: number): Promise<Exit> {
    if (exitCode !== undefined && heard.oomAt !== undefined) return exitOf(exitCode, heard, atMs, true)
    const found = await engine.inspect(id).catch(() => undefined)
    if (exitCode !== undefined) return exitOf(exitCode, heard, atMs, found?.State.OOMKilled ?? false)
    return found ? exitOfState(found.State, heard) : {}
  }
  async function finish(container: LiveContainer, exitCode: number | undefined, atMs: number): Promise<void> {
    if (container.state !== 'running') return
    container.state = 'ending'
    try {
      const exit = await whyEnded(container, exitCode, atMs)
      await container.logged().catch((error: unknown) => onError(error, `the log of container ${container.id}`))
      if (existsSync(container.launch.directory)) recordExit(container.launch, exit)
      container.state = 'told'
      exited(container.launch, exit)
      await engine.remove(container.id)
    } catch (error) {
      onError(error, `the end of container ${container.id}`)
    } finally {
      table.remove(container)
    }
  }
  async function lookAgain(): Promise<void> {
    for (const container of table.all()) {
      const found = await engine.inspect(container.id)
      if (!found?.State.Running) await finish(container, undefined, Date.now())
    }
  }
  return { finish, lookAgain }
}
