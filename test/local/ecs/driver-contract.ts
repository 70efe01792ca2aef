import { rmSync } from 'node:fs'
import type { ContainerPlan, Driver, Exit, Launch } from '../../../local/ecs/driver.ts'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { freshDirectory } from './given.ts'
import { processesOf } from './live-processes.ts'

export interface GivenDriver {
  directory(): string
  launch(number?: number): Launch
  plan(script: string, more?: Partial<ContainerPlan>): ContainerPlan
  /** One more driver of the same local cloud, as after a kill -9. */
  driver(exits?: Exit[]): Driver
}

/** A directory and a launch for each test; what it started is gone afterwards. */
export function givenDriver(kind: ContainerKind): GivenDriver {
  let directory = ''
  const drivers: Driver[] = []
  const launch = (number = 1): Launch => ({ taskArn: 'task', number, directory })
  beforeEach(() => {
    directory = freshDirectory()
  })
  afterEach(async () => {
    for (const driver of drivers) await driver.stop(launch(), 0)
    for (const driver of drivers.splice(0)) await driver.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    launch,
    directory: () => directory,
    plan: (script, more = {}) => ({
      image: 'shell:1',
      argv: ['sh', '-c', script],
      environment: { WHOSE: directory },
      mounts: [],
      ulimits: [],
      memoryMiB: 64,
      cpu: { atMost: 1024 },
      network: { mode: 'awsvpc', address: '127.64.0.9' },
      isolation: { readonlyRoot: false, init: true, capabilities: { add: [], drop: [] } },
      ...more,
    }),
    driver: (exits = []) => {
      const made = kind.driver(directory)({ exited: (_, exit) => exits.push(exit) })
      drivers.push(made)
      return made
    },
  }
}

/** What the model of ECS relies on, whatever runs the containers. */
export function driverContract(kind: ContainerKind): void {
  const { driver, launch, plan, directory } = givenDriver(kind)
  const running = (name: string) => until(`${name} runs`, () => processesOf(directory()).find(({ command }) => command.startsWith(name)))

  it('lets no launch start that was given up', async () => {
    expect(await driver().recover(launch())).toEqual({ state: 'never-started' })
    expect(await driver().recover(launch())).toEqual({ state: 'never-started' })
  })

  it('knows what another driver had started', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await running('sleep')
    const second = driver()
    expect(await second.recover(launch())).toEqual({ state: 'running' })
    expect(await second.recover(launch())).toEqual({ state: 'running' })
  })

  it('stops what it adopted', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await running('sleep')
    const exits: Exit[] = []
    const second = driver(exits)
    await second.recover(launch())
    await second.stop(launch(), 5000)
    expect(exits).toHaveLength(1)
    expect(processesOf(directory())).toEqual([])
  })

  it('remembers how a container ended that it saw end', async () => {
    const exits: Exit[] = []
    const first = driver(exits)
    await first.start(launch(), plan('exit 9'))
    await until('it ended', () => exits[0])
    expect(exits).toEqual([{ exitCode: 9 }])
    expect(await driver().recover(launch())).toEqual({ state: 'exited', exitCode: 9 })
  })

  it('knows no container by another number', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await running('sleep')
    expect(await driver().recover(launch(2))).toEqual({ state: 'never-started' })
  })

  it('has nothing to kill where nothing runs', async () => {
    expect(driver().kill(launch(), 'SIGKILL')).toBe(false)
  })

  it('starts nothing once it is closed', async () => {
    const closed = driver()
    await closed.close()
    await expect(closed.start(launch(), plan('true'))).rejects.toThrow(/stopping/)
    expect(processesOf(directory())).toEqual([])
  })
}
