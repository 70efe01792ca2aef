import { existsSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { givenPlace, nothingRuns, type Place, start, startProgram } from './given-start.ts'

let place: Place
beforeEach(() => {
  place = givenPlace()
})
afterEach(() => place.remove())

const left = () => ({ processes: place.processes(), files: readdirSync(place.tempDir) })
const NOTHING = { processes: [], files: [] }

const MOMENTS: [string, string | RegExp, NodeJS.Signals, number][] = [
  ['while it synthesises', 'Ringhold, the deployed template', 'SIGINT', 130],
  ['while the template starts', 'synthesise the CDK app', 'SIGTERM', 143],
  ['while the ring is asked for', 'POST /v1/clusters', 'SIGHUP', 129],
  ['while nodes are launched', /OpenNetwork +\d+ ms/, 'SIGINT', 130],
  ['while the ring forms', /AwaitNodes +\d+ ms/, 'SIGTERM', 143],
  ['when it is up', 'It stays up until Ctrl-C', 'SIGINT', 0],
]

describe('npm start, asked to end', () => {
  it.each(MOMENTS)('%s, leaves neither a process nor a file behind', async (_, moment, signal, code) => {
    const started = start(place)
    await started.wrote(moment)
    expect(await started.end(signal)).toBe(code)
    expect(left()).toEqual(NOTHING)
    expect(started.output()).toContain('Stopping')
  })
})
