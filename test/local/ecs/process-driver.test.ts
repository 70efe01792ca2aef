import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ContainerPlan, Driver, Exit, Launch } from '../../../local/ecs/driver.ts'
import { processDriver } from '../../../local/ecs/process-driver.ts'
import { isAlive, readPidFile, START_SCRIPT } from '../../../local/ecs/process-identity.ts'
import { systemTimers } from '../../../local/timers.ts'
import { freshDirectory } from './given.ts'
import { processesOf } from './live-processes.ts'

let directory: string
const drivers: Driver[] = []
beforeEach(() => {
  directory = freshDirectory()
})
afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.stop(launch(), 0)
  rmSync(directory, { recursive: true, force: true })
})

const launch = (number = 1): Launch => ({ taskArn: 'task', number, directory })
const plan = (script: string): ContainerPlan => ({ image: 'shell:1', argv: ['sh', '-c', script], environment: {}, mounts: [] })

function driver(exits: Exit[] = []): Driver {
  const made = processDriver({ images: { pull: async () => ({ path: '', version: '1' }) }, timers: systemTimers })({
    exited: (_, exit) => exits.push(exit),
  })
  drivers.push(made)
  return made
}

/** A start is over when the process is spawned; its first act is to write its pid file. */
async function started(): Promise<void> {
  while (typeof readPidFile(join(directory, 'pid.1')) === 'string') await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('the process driver', () => {
  it('lets no launch start that was given up', async () => {
    expect(await driver().recover(launch())).toEqual({ state: 'never-started' })
    const late = spawnSync('/bin/sh', ['-c', START_SCRIPT, 'launch', join(directory, 'pid.1'), '0', 'touch', join(directory, 'ran')])
    expect([late.status, existsSync(join(directory, 'ran'))]).toEqual([125, false])
    expect(await driver().recover(launch())).toEqual({ state: 'never-started' })
  })

  it('knows a process that another driver had started, and whether it is still the same', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await started()
    const second = driver()
    expect(await second.recover(launch())).toEqual({ state: 'running' })
    const identity = readPidFile(join(directory, 'pid.1'))
    if (typeof identity === 'string') throw new Error(identity)
    expect(isAlive(identity)).toBe(true)
    expect(isAlive({ ...identity, startTicks: '1' })).toBe(false)
    expect(isAlive({ ...identity, bootId: 'before' })).toBe(false)
  })

  it('stops an adopted process too', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await started()
    const exits: Exit[] = []
    const second = driver(exits)
    await second.recover(launch())
    await second.stop(launch(), 5000)
    expect(exits).toEqual([{}])
  })

  it('remembers how a process ended that it saw end', async () => {
    const exits: Exit[] = []
    const first = driver(exits)
    await first.start(launch(), plan('exit 9'))
    while (exits.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await driver().recover(launch())).toEqual({ state: 'exited', exitCode: 9 })
  })

  it('ends what a process left behind that nobody saw end', async () => {
    const first = driver()
    await first.start(launch(), plan('setsid sleep 1000 & wait'))
    while (!processesOf(directory).some(({ command }) => command.startsWith('sleep')))
      await new Promise((resolve) => setTimeout(resolve, 5))
    await first.stop(launch(), 0)
    expect(processesOf(directory)).toHaveLength(1)
    await driver().recover(launch())
    while (processesOf(directory).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('starts nothing once it is closed', async () => {
    const closed = driver()
    await closed.close()
    await expect(closed.start(launch(), plan('true'))).rejects.toThrow(/stopping/)
    expect(existsSync(join(directory, 'pid.1'))).toBe(false)
  })
})
