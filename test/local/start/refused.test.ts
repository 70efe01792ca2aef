import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { claim } from '../../../local/demo/running.ts'
import { givenPlace, type Place, start, startProgram } from './given-start.ts'

let place: Place
jest.setTimeout(180_000)
beforeEach(() => {
  place = givenPlace()
})
afterEach(() => place.remove())

describe('npm start says in a sentence what to do, and leaves nothing, when', () => {
  afterEach(() => {
    expect(place.processes()).toEqual([])
    expect(readdirSync(place.tempDir)).toEqual([])
  })

  it('an option is unknown', async () => {
    const started = start(place, '--dta', 'x')
    expect(await started.exitCode).toBe(2)
    expect(started.output()).toMatch(/Unknown option '--dta'[\s\S]*--data DIR/)
  })

  it('the port it was told to take is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = address && typeof address === 'object' ? address.port : 0
    const started = start(place, '--port', String(port))
    const code = await started.exitCode
    await new Promise((resolve) => server.close(resolve))
    expect(code).toBe(1)
    expect(started.output()).toContain(`Port ${port} cannot be listened on`)
    expect(started.output()).toContain('--port')
    expect(started.output()).not.toContain('synthesise')
  })

  it("the directory holds somebody else's files", async () => {
    mkdirSync(place.dataDir)
    writeFileSync(join(place.dataDir, 'thesis.txt'), '')
    const started = start(place, '--data', place.dataDir)
    expect(await started.exitCode).toBe(1)
    expect(started.output()).toMatch(/thesis|not empty/)
    expect(readdirSync(place.dataDir)).toEqual(['thesis.txt'])
  })

  it('no engine is there, and nothing that could fetch one', async () => {
    const cache = join(place.path, 'cache')
    const bare = { PATH: join(place.path, 'bin') }
    const started = startProgram(place, process.execPath, ['local/start.ts', '--once', '--port', '0', '--cache', cache], bare)
    expect(await started.exitCode).toBe(1)
    expect(started.output()).toContain('valkey-server 9.1 is not on this machine: install it')
    expect(started.output()).toContain("With Debian's apt it is downloaded")
  })
})

describe('a place that only one process may have', () => {
  it("is its holder's until it lets go, and the holder says where it is", async () => {
    const held = await claim(place.path)
    if ('taken' in held) throw new Error('it is free')
    expect(await claim(place.path)).toEqual({ taken: { pid: process.pid } })
    held.note('http://127.0.0.1:1')
    expect(await claim(place.path)).toEqual({ taken: { pid: process.pid, apiUrl: 'http://127.0.0.1:1' } })
    const other = await claim(place.tempDir)
    expect(other).not.toHaveProperty('taken')
    await held.release()
    const next = await claim(place.path)
    expect(next).not.toHaveProperty('taken')
    for (const claimed of [other, next]) if (!('taken' in claimed)) await claimed.release()
  })
})
