import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerRuntime } from '../../../local/docker.ts'
import { closureOf } from '../../../local/images/closure.ts'
import { commands } from '../../../local/images/command.ts'
import { CACHE, describeDocker, givenDocker } from '../../support/docker.ts'
import { images } from '../../support/given-cell.ts'

describe('what a program links to', () => {
  it('is where the program looks for it, with its loader', async () => {
    const { program, libraries } = await closureOf(commands(), '/usr/bin', 'env')
    expect(program).toBe('/usr/bin/env')
    const paths = libraries.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining([expect.stringMatching(/^\/lib.*\/ld-linux/), expect.stringMatching(/\/libc\.so\.6$/)]))
  })

  it('is nothing that a script could say', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ringhold-closure-'))
    writeFileSync(join(directory, 'server'), '#!/bin/sh\n')
    await expect(closureOf(commands(), directory, 'server')).rejects.toThrow(/is a script/)
    rmSync(directory, { recursive: true })
  })
})

describeDocker('an image that no registry had', () => {
  const store = (): { pull(image: string): Promise<string> } =>
    dockerRuntime({ docker: givenDocker(), programs: images(), path: process.env.PATH ?? '', cacheDir: CACHE }).images

  it('is the same each time it is made', async () => {
    const name = await store().pull('valkey/valkey:9.1')
    expect(name).toMatch(/^ringhold-local\/valkey-server:9\.1\.\d+-[0-9a-f]{12}$/)
    expect(await store().pull('valkey/valkey:9.1')).toBe(name)
  })

  it.each(['valkey/valkey:9.1', 'redis:7.0'])('has the engine of %s and a shell, for a user who may do nothing', async (image) => {
    const [, server = ''] = /\/([a-z-]+):/.exec(await store().pull(image)) ?? []
    const container = await givenDocker().createContainer({
      Image: await store().pull(image),
      Entrypoint: ['sh', '-c', `${server} --version > /data/said && cat /data/said; stat -c %u /data`],
      User: '999',
      HostConfig: { NetworkMode: 'host', CapDrop: ['ALL'] },
    })
    try {
      await container.start()
      expect(await container.wait()).toMatchObject({ StatusCode: 0 })
      const said = (await container.logs({ stdout: true })).toString()
      expect(said).toMatch(/server v=\d+\.\d+\.\d+/)
      expect(said).toMatch(/999\s*$/)
    } finally {
      await container.remove({ force: true })
    }
  })

  it('is refused where nothing stands in for it', async () => {
    await expect(store().pull('no/such:1')).rejects.toThrow(/not an image/)
  })
})
