import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { givenPlace, nothingRuns, type Place, start, startProgram } from './given-start.ts'

let place: Place
jest.setTimeout(180_000)
beforeEach(() => {
  place = givenPlace()
})
afterEach(() => place.remove())

/** npm of some versions keeps what it has compiled there, for its next run: that is npm's own. */
const NPMS_OWN = 'node-compile-cache'
const left = () => ({ processes: place.processes(), files: readdirSync(place.tempDir).filter((name) => name !== NPMS_OWN) })
const NOTHING = { processes: [], files: [] }
/** Far more than it takes. */
const SOON_MS = 20_000

const MOMENTS: [string, string | RegExp, NodeJS.Signals, number][] = [
  ['while it synthesises', 'Ringhold, the deployed template', 'SIGINT', 130],
  ['while the template starts', 'synthesise the CDK app', 'SIGHUP', 129],
  ['while nodes are launched', /DefineTask +\d+ ms/, 'SIGTERM', 143],
]

describe('npm start', () => {
  it.each(MOMENTS)('asked to end %s, leaves neither a process nor a file behind', async (_, moment, signal, code) => {
    const started = start(place)
    await started.wrote(moment)
    expect(await started.end(signal)).toBe(code)
    expect(left()).toEqual(NOTHING)
    expect(started.output()).toContain('Stopped.')
  })

  it('ends once, however often it is asked to', async () => {
    const started = start(place)
    await started.wrote(/AwaitNodes +\d+ ms/)
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) started.child.kill(signal)
    await started.wrote('Stopping')
    started.child.kill('SIGINT')
    expect(await started.exitCode).toBe(130)
    expect(left()).toEqual(NOTHING)
    expect(started.output().match(/Stopping/g)).toHaveLength(1)
    expect(started.output()).toContain('Stopped.')
  })

  it.each([
    ['while it synthesises', 'Ringhold, the deployed template'],
    ['while the ring forms', /AwaitNodes +\d+ ms/],
  ])('killed outright %s, does not leave its nodes running', async (_, moment) => {
    const started = startProgram(place, process.execPath, ['local/start.ts', '--port', '0'])
    await started.wrote(moment)
    expect(await started.end('SIGKILL')).toBe(137)
    await nothingRuns(place, SOON_MS)
    expect(left()).toEqual(NOTHING)
  })

  it('ends when what started it was killed', async () => {
    const started = start(place)
    await started.wrote('a tenant, its key, its webhook')
    await started.end('SIGKILL')
    await nothingRuns(place, SOON_MS)
    expect(left()).toEqual(NOTHING)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends when npm is sent %s', async (signal) => {
    const started = startProgram(place, 'npm', ['start', '--', '--port', '0'])
    await started.wrote('Ringhold, the deployed template')
    await started.end(signal)
    await nothingRuns(place, SOON_MS)
    expect(left()).toEqual(NOTHING)
  })

  it('ends at a Ctrl-C in a terminal', async () => {
    const started = startProgram(place, 'script', ['-qefc', 'npm start -- --port 0', '/dev/null'])
    await started.wrote('start the template')
    started.child.stdin?.write('\u0003')
    expect(await started.exitCode).toBe(130)
    expect(left()).toEqual(NOTHING)
    expect(started.output()).toContain('Stopped.')
  })

  it('ends when nobody reads its output any more', async () => {
    const started = startProgram(place, 'sh', ['-c', 'node local/bootstrap.mjs start --port 0 | head -n 3'])
    await started.exitCode
    await nothingRuns(place, SOON_MS)
    expect(left()).toEqual(NOTHING)
  })
})
