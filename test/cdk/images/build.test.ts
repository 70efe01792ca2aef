import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it } from '@jest/globals'
import { IMAGES, readBases } from '../../../cdk/images/bases.ts'
import { dockerRuntime } from '../../../local/docker.ts'
import { tar } from '../../../local/images/tar.ts'
import { CACHE, describeDocker, givenDocker } from '../../support/docker.ts'
import { images } from '../../support/given-cell.ts'

const made: string[] = []
afterAll(async () => {
  // What a refused build got to has no name, but says what it was built on.
  for (const name of made)
    await givenDocker().pruneImages({ filters: { dangling: ['true'], label: [`org.opencontainers.image.base.name=${name}`] } })
  for (const name of made.reverse()) await givenDocker().getImage(name).remove({ force: true })
})

/** By the builder inside of Docker Engine, which takes no plug-in and no network. @returns what it said */
async function build(dockerfile: string, name: string, buildargs: Record<string, string>): Promise<string> {
  const context = tar([{ path: 'Dockerfile', mode: 0o644, content: Buffer.from(dockerfile) }])
  const said = await text(
    await givenDocker().buildImage(Readable.from([context]), { t: name, buildargs, networkmode: 'none', forcerm: true }),
  )
  if (!said.includes('"errorDetail"')) made.push(name)
  return said
}

async function run(image: string, script: string): Promise<string> {
  const container = await givenDocker().createContainer({
    Image: image,
    Entrypoint: ['sh', '-c', script],
    HostConfig: { NetworkMode: 'none', CapDrop: ['ALL'] },
  })
  try {
    await container.start()
    await container.wait()
    return (await container.logs({ stdout: true, stderr: true })).toString()
  } finally {
    await container.remove({ force: true })
  }
}

const dockerfile = (engine: string): string => readFileSync(join(IMAGES, engine, 'Dockerfile'), 'utf8')
/** With the same user and folder as the official one, and a program in it that makes whoever runs it root. */
async function givenBase(image: string, more = 'true'): Promise<string> {
  const pulled = await dockerRuntime({
    docker: givenDocker(),
    programs: images(),
    path: process.env.PATH ?? '',
    cacheDir: CACHE,
  }).images.pull(image)
  const name = `ringhold-local/base-${made.length}:test`
  const said = await build(`FROM ${pulled}\nRUN cp /bin/busybox /bin/become && chmod 4755 /bin/become; ${more}\n`, name, {})
  expect(said).not.toContain('errorDetail')
  return name
}

// What of the bases can be had without a registry: local/images makes a stand-in of each.
const STAND_INS = readBases().filter(({ image }) => ['valkey/valkey:9.1', 'redis:7.0'].includes(image))

describeDocker('an image for hosts', () => {
  it.each(STAND_INS)('of $image runs as user 999, owns /data and lets nobody become another', async ({ engine, version, image }) => {
    const name = `ringhold-local/ours-${engine}:test`
    const said = await build(dockerfile(engine), name, { BASE: await givenBase(image), VERSION: version })
    expect(said).not.toContain('errorDetail')
    const { Config } = await givenDocker().getImage(name).inspect()
    expect(Config).toMatchObject({ User: '999:999', WorkingDir: '/', Cmd: ['false'] })
    expect(Config.Entrypoint ?? []).toEqual([])
    const told = await run(name, `id -u; stat -c %u:%g:%a /data; stat -c %a /bin/become; ${engine}-server --version`)
    expect(told).toMatch(/999\s+.*999:999:755\s+.*755\s+.*server v=/s)
    expect(told).not.toContain('4755')
  })

  it('is not made of another version, of a folder that is not the user’s, or of one that holds something', async () => {
    const [base] = STAND_INS
    if (!base) throw new Error('no base')
    const attempt = async (more: string, VERSION: string) =>
      build(dockerfile(base.engine), 'ringhold-local/refused:test', { BASE: await givenBase(base.image, more), VERSION })
    expect(await attempt('true', '9.9')).toContain('errorDetail')
    expect(await attempt('chown 0:0 /data', base.version)).toContain('errorDetail')
    expect(await attempt('touch /data/left', base.version)).toContain('errorDetail')
  })
})
