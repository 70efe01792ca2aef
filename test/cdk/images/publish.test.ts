import { describe, expect, it } from '@jest/globals'
import { isPinned, type PinnedBase, pinned, readBases } from '../../../cdk/images/bases.ts'
import { type PublishDeps, pinAll, publish } from '../../../cdk/images/publish.ts'

const digest = `sha256:${'a'.repeat(64)}`
const base: PinnedBase = { engine: 'redis', version: '7.2', image: 'redis:7.2', digest, seen: ['here'] }
const ECR = '123456789012.dkr.ecr.us-east-1.amazonaws.com/ringhold'

/** Everything that was run, in order; nothing of it runs. */
function given(how: Partial<PublishDeps> = {}) {
  const done: string[] = []
  const deps: PublishDeps = {
    run: (command) => void done.push(command.join(' ')),
    read: (command) => {
      done.push(command.join(' '))
      return 'libc6 2.36 arm64\n'
    },
    isThere: () => false,
    write: (file, text) => void done.push(`write ${file.replace(/^.*\/images\//, '')}: ${text.trim()}`),
    say: (line) => void done.push(line),
    check: async (image, of) => void done.push(`check ${image} ${of}`),
    ...how,
  }
  return { deps, done }
}

describe('publishing an image', () => {
  it('builds on the digest for both architectures, pushes by the name of the task definition, and lists the packages', async () => {
    const { deps, done } = given()
    await publish([base], [ECR], deps)
    const [, checked, built, , listed, told] = done
    expect(checked).toBe(`check redis:7.2 ${digest}`)
    expect(built).toMatch(/^docker buildx build --push .*--platform linux\/arm64,linux\/amd64/)
    expect(built).toContain(` --build-arg BASE=redis:7.2@${digest} `)
    expect(built).toContain(` --tag ${ECR}/redis:7.2 `)
    expect(listed).toBe('write redis/packages-7.2.txt: libc6 2.36 arm64')
    expect(told).toMatch(/^NOT SCANNED/)
  })

  it('scans it where there is a scanner, and fails on what the scanner finds', async () => {
    const { deps, done } = given({ isThere: (program) => program === 'grype' })
    await publish([base], [ECR], deps)
    expect(done.at(-1)).toMatch(new RegExp(`^grype ${ECR}/redis:7.2 `))
    const run = (command: string[]) => {
      if (command[0] === 'grype') throw new Error('holes')
    }
    await expect(
      publish([base], [ECR], given({ isThere: () => true, run: (c) => run(c[0] === 'trivy' ? ['grype'] : c) }).deps),
    ).rejects.toThrow('holes')
  })

  it('builds none when the registry does not have one of the digests, or there is nowhere to push to', async () => {
    const { deps, done } = given({ check: async () => Promise.reject(new Error('not there')) })
    await expect(publish([base], [ECR], deps)).rejects.toThrow('not there')
    await expect(publish([base], [], deps)).rejects.toThrow(/imageRegistry/)
    expect(done).toEqual(['docker buildx version'])
  })
})

it('what is not pinned is not built', () => {
  expect(() => pinned([base, { ...base, image: 'redis:7.0', digest: null }])).toThrow('No digest is known of redis:7.0')
  expect(pinned(readBases().filter(isPinned)).length).toBeGreaterThan(0)
})

it('pinning writes down that the registry itself said it', async () => {
  const [now] = await pinAll([{ ...base, digest: null }], async () => digest, '2026-01-02')
  expect(now).toEqual({ ...base, seen: ['2026-01-02: asked of the registry itself'] })
})
