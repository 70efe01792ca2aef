import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, readPidFile, START_SCRIPT } from '../../../local/ecs/process-identity.ts'
import { until } from '../../support/until.ts'
import { PROCESSES } from './container-kinds.ts'
import { driverContract, givenDriver } from './driver-contract.ts'
import { processesOf } from './live-processes.ts'

describe('the process driver', () => driverContract(PROCESSES))

describe('a process', () => {
  const { driver, launch, plan, directory } = givenDriver(PROCESSES)
  const pidFile = () => readPidFile(join(directory(), 'pid.1'))

  it('refuses a late start of a launch that was given up', async () => {
    await driver().recover(launch())
    const ran = join(directory(), 'ran')
    const late = spawnSync('/bin/sh', ['-c', START_SCRIPT, 'launch', join(directory(), 'pid.1'), '0', 'touch', ran])
    expect([late.status, existsSync(ran)]).toEqual([125, false])
  })

  it('knows a process for sure, whoever else has its number', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await until('it has said who it is', () => typeof pidFile() !== 'string' || undefined)
    const identity = pidFile()
    if (typeof identity === 'string') throw new Error(identity)
    expect(isAlive(identity)).toBe(true)
    expect(isAlive({ ...identity, startTicks: '1' })).toBe(false)
    expect(isAlive({ ...identity, bootId: 'before' })).toBe(false)
  })

  it('knows not how an adopted process ended', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await until('it has said who it is', () => typeof pidFile() !== 'string' || undefined)
    const exits: object[] = []
    const second = driver(exits)
    await second.recover(launch())
    await second.stop(launch(), 5000)
    expect(exits).toEqual([{}])
  })

  it('ends what a process left behind that nobody saw end', async () => {
    const first = driver()
    await first.start(launch(), plan('setsid sleep 1000 & wait'))
    await until('it has a child', () => processesOf(directory()).some(({ command }) => command.startsWith('sleep')) || undefined)
    await first.stop(launch(), 0)
    expect(processesOf(directory())).toHaveLength(1)
    await driver().recover(launch())
    await until('nothing is left', () => processesOf(directory()).length === 0 || undefined)
  })
})
