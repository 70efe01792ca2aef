import { jest } from '@jest/globals'
import { describeDocker, givenDocker } from '../../support/docker.ts'
import { until } from '../../support/until.ts'
import { givenPlace, nothingRuns, type Place, start, startProgram } from './given-start.ts'

jest.setTimeout(240_000)
let place: Place
beforeEach(() => {
  place = givenPlace()
})
afterEach(() => place.remove())

describe('npm start -- --docker', () => {
  it.each([
    ['unix:///nowhere/docker.sock', /No Docker Engine answers at unix:\/\/\/nowhere[\s\S]*Install Docker Engine/],
    ['tcp://192.168.7.7:2375', /the Engine must be here[\s\S]*leave --docker out/],
  ])('says what to do where Docker cannot be used: %s', async (DOCKER_HOST, sentence) => {
    const started = startProgram(place, process.execPath, ['local/bootstrap.mjs', 'start', '--docker', '--port', '0'], { DOCKER_HOST })
    expect(await started.exitCode).toBe(1)
    expect(started.output()).toMatch(sentence)
    expect(started.output()).not.toContain('synthesise')
  })
})

describeDocker('npm start with Docker', () => {
  const containersIn = async (directory: string): Promise<number> =>
    (await givenDocker().listContainers({ all: true })).filter(({ Labels }) => Labels['ringhold.directory']?.startsWith(`${directory}/`))
      .length

  it('shows a ring in containers; killed -9, it leaves none and no file', async () => {
    const started = start(place, '--docker')
    await started.wrote('stays up until Ctrl-C')
    expect(await containersIn(place.tempDir)).toBe(6)
    const child = place.processes().find(({ command }) => command.includes('local/start.ts'))
    process.kill(child?.pid ?? 0, 'SIGKILL')
    await started.exitCode
    await until('no container is left', async () => (await containersIn(place.tempDir)) === 0 || undefined)
    await nothingRuns(place, 10_000)
  })

  it('gives it a network of its own, and takes it away again', async () => {
    const started = start(place, '--docker', '--bridge', '--once')
    expect([await started.exitCode, started.output()]).toEqual([0, expect.stringMatching(/ready[\s\S]* 10\.1\d\d\.\d+\.\d+:\d+ /)])
    const networks = await givenDocker().listNetworks()
    expect(networks.filter(({ Labels }) => Labels?.['ringhold.directory']?.startsWith(place.tempDir))).toEqual([])
  })

  it('keeps a ring asleep in its directory, which is no place for processes', async () => {
    const first = start(place, '--docker', '--data', place.dataDir)
    await first.wrote('stays up until Ctrl-C')
    const addresses = /127\.\d+\.\d+\.\d+/g
    const before = new Set(first.output().match(addresses))
    expect(await first.end('SIGINT')).toBe(0)
    expect(await containersIn(place.dataDir)).toBe(0)

    const other = start(place, '--data', place.dataDir)
    expect(await other.exitCode).toBe(1)
    expect(other.output()).toMatch(/its nodes were started with --docker/)

    const second = start(place, '--docker', '--once', '--data', place.dataDir)
    expect([await second.exitCode, second.output()]).toEqual([0, expect.stringContaining('It stops now')])
    expect(new Set(second.output().match(addresses))).toEqual(before)
    expect(await containersIn(place.dataDir)).toBe(0)
  })
})
