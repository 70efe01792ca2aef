import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { givenPlace, type Place, ROOT, type Started, startProgram } from './given-start.ts'

let place: Place
jest.setTimeout(180_000)
beforeEach(() => {
  place = givenPlace()
})
afterEach(() => place.remove())

const UP = 'It stays up until Ctrl-C'
/** The cloud itself, without the way in: who kills that kills this. */
const startOnData = (...args: string[]): Started =>
  startProgram(place, process.execPath, ['local/start.ts', '--port', '0', '--data', place.dataDir, ...args])
async function up(started: Started): Promise<string> {
  await started.wrote(UP)
  return started.output()
}

/** The commands of "Try next", by the line that says what they are for. */
function commandsIn(output: string): Map<string, string> {
  const text = output.slice(output.indexOf('Try next'), output.indexOf(UP))
  return new Map(
    text
      .split(/^# /m)
      .slice(1)
      .map((block): [string, string] => {
        const line = block.indexOf('\n')
        return [block.slice(0, line), block.slice(line + 1).trim()]
      }),
  )
}

/** As a user pastes it: in the checkout, with whatever Node is on their own PATH. */
function paste(command: string | undefined): string {
  const path = (process.env.PATH ?? '').split(':').filter((directory) => !directory.startsWith(join(ROOT, 'node_modules')))
  return execFileSync('sh', ['-c', command ?? 'false'], { cwd: ROOT, env: { ...process.env, PATH: path.join(':') }, encoding: 'utf8' })
}

/** What must be the same after a restart. */
const identity = (output: string) => ({
  key: /tenant's key +(\S+)/.exec(output)?.[1],
  cluster: /clu_[a-z0-9]+/.exec(output)?.[0],
  addresses: [...new Set(output.match(/127\.\d+\.\d+\.\d+(?= +│)/g))].sort(),
})
const nodes = (): number[] => place.processes().flatMap(({ pid, command }) => (command.includes('valkey-server') ? [pid] : []))

describe('npm start with --data', () => {
  it('turns a second one away, and comes back as the same tenant with the same ring and data after a Ctrl-C and a kill -9', async () => {
    const first = startOnData()
    const told = await up(first)
    expect(told.split('\n').filter((line) => line.length > 100)).toEqual([])
    const commands = commandsIn(told)
    expect(JSON.parse(paste(commands.get('the ring as the API tells it')))).toMatchObject({ id: identity(told).cluster, state: 'ready' })
    const write = commands.get('write and read as the tenant (in this folder, for its client library)')
    expect(paste(write)).toBe('OK hello\n')
    const other = startOnData()
    expect(await other.exitCode).toBe(1)
    expect(other.output()).toMatch(/runs here already \(process \d+\): http:\/\/127\.0\.0\.1:\d+/)
    expect(other.output()).not.toContain('synthesise')
    expect(await first.end('SIGINT')).toBe(0)
    expect(place.processes()).toEqual([])

    const second = startOnData()
    const back = await up(second)
    expect(identity(back)).toEqual(identity(told))
    expect(back).toContain('read the 64 keys that were written before')
    expect(back).not.toContain('POST /v1')
    expect(paste(write?.replace("ring.set('greeting', 'hello')", "'still'"))).toBe('still hello\n')
    const before = nodes()
    expect(before).toHaveLength(6)
    await second.end('SIGKILL')

    const third = startOnData('--once')
    await third.wrote('read the 64 keys that were written before')
    expect(nodes()).toEqual(before)
    expect(await third.exitCode).toBe(0)
    expect(identity(third.output())).toEqual(identity(told))
    expect(place.processes()).toEqual([])
  })

  it('goes on with its first ring, and asks for no second one, when a kill -9 came in between', async () => {
    const killed = startOnData()
    await killed.wrote('POST /v1/clusters')
    await killed.end('SIGKILL')

    const started = startOnData()
    const told = await up(started)
    expect(told).toContain('wrote and read 64 keys')
    const list = commandsIn(told)
      .get('the ring as the API tells it')
      ?.replace(/clusters\/\S+/, 'clusters')
    expect(JSON.parse(paste(list)).items).toMatchObject([{ id: identity(told).cluster, state: 'ready' }])
    expect(await started.end('SIGTERM')).toBe(0)
    expect(place.processes()).toEqual([])
  })

  it('turns a second one on the same directory away while it still starts', async () => {
    const first = startOnData()
    await first.wrote('Ringhold, the deployed template')
    const early = startOnData()
    expect(await early.exitCode).toBe(1)
    expect(early.output()).toMatch(`process ${first.child.pid}): it is still starting`)
    expect(await first.end('SIGINT')).toBe(130)
  })
})
