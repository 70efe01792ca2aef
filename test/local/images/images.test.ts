import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IMAGES } from '../../../local/images/catalog.ts'
import { CannotPull, createImages } from '../../../local/images/images.ts'
import { engineOf } from '../../../shared/engines/index.ts'
import { EngineSpec, enginesOnOffer } from '../../../shared/engines/specs.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ringhold-images-'))
})
afterEach(() => rm(root, { recursive: true }))

/** A program that says that it is of a version, and counts how often it was asked; with a word on a TLS port, if it has one. */
async function program(directory: string, name: string, says: string, ofTls = ''): Promise<string> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, name)
  const version = `if [ "$1" = --version ]; then echo asked >> ${root}/asked; echo '${says}'; exit; fi`
  await writeFile(file, `#!/bin/sh\n${version}\necho '${ofTls}'; exit 1\n`)
  await chmod(file, 0o755)
  return directory
}
const store = (path: string) => createImages({ cacheDir: join(root, 'cache'), path, retryPausesMs: [] })

describe('images', () => {
  it('knows every image that an engine may ask for', () => {
    const asked = enginesOnOffer().flatMap(({ engine, versions }) =>
      versions.map((version) => {
        const spec = EngineSpec.parse({ engine, version, shards: 3, replicas: 1 })
        return engineOf(spec).container(spec, { persistent: true, memoryMiB: 512, network: 'own' }).image
      }),
    )
    expect(asked.filter((image) => !IMAGES[image])).toEqual([])
  })

  it('stands in for copies of an image as well, whatever the registry', async () => {
    const right = await program(join(root, 'right'), 'valkey-server', 'Valkey server v=8.0.1 sha=0')
    const copy = '123456789012.dkr.ecr.us-east-1.amazonaws.com/ringhold/valkey/valkey:8.0'
    expect(await store(right).pull(copy)).toEqual({ path: right, version: '8.0.1' })
    await expect(store(right).pull('example.com/other/valkey:8.0')).rejects.toThrow(CannotPull)
  })

  it('takes what PATH has, of the right major and minor version', async () => {
    const old = await program(join(root, 'old'), 'redis-server', 'Redis server v=7.20.1 sha=0')
    const right = await program(join(root, 'right'), 'redis-server', 'Redis server v=7.2.9 sha=0')
    expect(await store(`${old}:${right}`).pull('redis:7.2')).toEqual({ path: right, version: '7.2.9' })
  })

  it('passes over a program that does not run here', async () => {
    const broken = await program(join(root, 'broken'), 'redis-server', '')
    await writeFile(join(broken, 'redis-server'), '#!/bin/sh\nexit 1\n')
    await expect(store(broken).pull('redis:7.2')).rejects.toThrow(CannotPull)
  })

  it.each(['# Failed finding TLS support.', 'Bad directive or wrong number of arguments'])(
    'passes over a server without TLS, and says so: %s',
    async (says) => {
      const without = await program(join(root, 'without'), 'redis-server', 'Redis server v=7.2.9 sha=0', says)
      await expect(store(without).pull('redis:7.2')).rejects.toThrow(
        /^redis-server 7\.2 .* built with TLS, .*\/without\/redis-server was built without/,
      )
      const path = await program(join(root, 'with'), 'redis-server', 'Redis server v=7.2.9 sha=0', '# No tls-cert-file configured!')
      expect(await store(`${without}:${path}`).pull('redis:7.2')).toEqual({ path, version: '7.2.9' })
    },
  )

  it('takes what the cache has before it fetches anything', async () => {
    const cached = join(root, 'cache', `valkey-valkey-9.1-${process.platform}-${process.arch}`, 'bin')
    await program(cached, 'valkey-server', 'Valkey server v=9.1.0 sha=0')
    expect(await store('').pull('valkey/valkey:9.1')).toEqual({ path: cached, version: '9.1.0' })
  })

  it('looks once for any number of pulls of one image', async () => {
    const path = await program(join(root, 'bin'), 'redis-server', 'Redis server v=7.2.9 sha=0')
    const images = store(path)
    await Promise.all(Array.from({ length: 5 }, () => images.pull('redis:7.2')))
    expect(await readFile(join(root, 'asked'), 'utf8')).toBe('asked\n')
  })

  it('says in one sentence what to install when it cannot be had, and leaves nothing half made', async () => {
    const failed = store('').pull('redis:7.2')
    await expect(failed).rejects.toThrow(CannotPull)
    await expect(failed).rejects.toThrow(/^redis-server 7\.2 is not on this machine: install it, built with TLS, and put it on PATH/)
    expect(await readdir(root)).toEqual([])
  })

  it('refuses an image that it does not know by its name', async () => {
    await expect(store('').pull('cassandra:5.0')).rejects.toThrow('cassandra:5.0')
  })
})
