import { mkdirSync, rmSync } from 'node:fs'
import type { Exit } from '../../../local/ecs/driver.ts'
import { describeDocker, givenDocker } from '../../support/docker.ts'
import { until } from '../../support/until.ts'
import { DOCKER } from './container-kinds.ts'
import { driverContract, givenDriver } from './driver-contract.ts'
import { processesOf } from './live-processes.ts'

describeDocker('the docker driver', () => driverContract(DOCKER))

describeDocker('containers that nobody asks for any more', () => {
  const { driver, launch, plan, directory } = givenDriver(DOCKER)
  const keptIn = (): string => `${directory()}/other`
  const count = async (label: string): Promise<number> =>
    (await givenDocker().listContainers({ all: true, filters: { label: [label] } })).length
  /** A container as a local cloud made it that is no more. */
  async function foreign(labels: Record<string, string>): Promise<void> {
    const [template] = await givenDocker().listImages({ filters: { label: ['ringhold.image=local'] } })
    const owner = 'pid:[1] no-boot 1 1'
    await givenDocker().createContainer({
      Image: template?.Id,
      Cmd: ['sleep', '1000'],
      Labels: { 'ringhold.local-cloud': 'other', 'ringhold.directory': keptIn(), 'ringhold.owner': owner, ...labels },
    })
  }
  const ownNamespace = async (): Promise<string> => {
    await driver().start(launch(), plan('exec sleep 1000'))
    const [found] = await givenDocker().listContainers({ filters: { label: [`ringhold.directory=${directory()}`] } })
    return found?.Labels['ringhold.owner']?.split(' ')[0] ?? ''
  }

  it('of a launch that is not known go, when all others are adopted', async () => {
    await driver().start(launch(), plan('exec sleep 1000'))
    await driver().start(launch(2), plan('exec sleep 1000'))
    const second = driver()
    await second.recover(launch(2))
    await second.recovered()
    expect(await count(`ringhold.directory=${directory()}`)).toBe(1)
    expect(processesOf(directory())).toHaveLength(1)
    await second.stop(launch(2), 0)
  })

  it('go where their cloud kept nothing and is dead, stay where it may come back or may live', async () => {
    const namespace = await ownNamespace()
    const dead = `${namespace} no-boot 1 1`
    await foreign({ 'ringhold.kept': 'false', 'ringhold.owner': dead })
    await foreign({ 'ringhold.kept': 'true', 'ringhold.owner': dead })
    await foreign({ 'ringhold.kept': 'false' })
    mkdirSync(keptIn())
    await driver().recovered()
    expect(await count('ringhold.local-cloud=other')).toBe(2)
    rmSync(keptIn(), { recursive: true })
    await driver().recovered()
    expect(await count('ringhold.local-cloud=other')).toBe(1)
    for (const { Id } of await givenDocker().listContainers({ all: true, filters: { label: ['ringhold.local-cloud=other'] } }))
      await givenDocker().getContainer(Id).remove({ force: true })
  })

  it('end at once without anybody who hears it, and are told of by the next driver', async () => {
    await driver().start(launch(), plan('sleep 3; exit 4'))
    const exits: Exit[] = []
    const second = driver(exits)
    expect(await second.recover(launch())).toEqual({ state: 'running' })
    await until('it is told', () => exits[0])
    expect(exits).toEqual([{ exitCode: 4 }])
  })
})
