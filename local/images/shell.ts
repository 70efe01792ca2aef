import { access, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { Command } from './command.ts'
import { unpackPackages } from './debian.ts'

const NAME = 'busybox'
const SOURCE = { suites: ['bookworm'], packages: ['busybox-static'] }

/** Program header of a program that needs a loader: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html */
const PT_INTERP = 3

/** Whether a 64-bit program brings all it needs with it. */
async function isStatic(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  if (!handle) return false
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(4096), length: 4096, position: 0 })
    if (buffer.subarray(1, 4).toString() !== 'ELF' || buffer[4] !== 2) return false
    const [start, size, count] = [Number(buffer.readBigUInt64LE(32)), buffer.readUInt16LE(54), buffer.readUInt16LE(56)]
    if (start + size * count > buffer.length) return false
    return !Array.from({ length: count }, (_, i) => buffer.readUInt32LE(start + i * size)).includes(PT_INTERP)
  } finally {
    await handle.close()
  }
}

async function fetched(command: Command, home: string): Promise<string> {
  await mkdir(home, { recursive: true })
  const work = await mkdtemp(join(home, 'work.'))
  try {
    await unpackPackages(command, SOURCE, join(work, 'apt'), join(work, 'root'))
    // Older suites have it in /bin, newer ones in /usr/bin.
    for (const directory of ['bin', 'usr/bin']) {
      const file = join(work, 'root', directory, NAME)
      const found = await access(file).then(
        () => true,
        () => false,
      )
      if (found) await rename(file, join(home, NAME))
    }
    return join(home, NAME)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * The shell and its tools for images without any, as one program: of the cache, of PATH if it needs no libraries, else
 * downloaded with apt.
 * @throws when there is none, with what to install
 */
export async function findBusybox(command: Command, { path, cacheDir }: { path: string; cacheDir: string }): Promise<string> {
  const home = resolve(cacheDir, `${NAME}-${process.platform}-${process.arch}`)
  const places = [home, ...path.split(delimiter).filter((part) => part !== '')]
  for (const place of places) if (await isStatic(join(place, NAME))) return join(place, NAME)
  const file = await fetched(command, home).catch((cause: unknown) => {
    const why = Error.isError(cause) ? cause.message : String(cause)
    throw new Error(
      `busybox, the shell of containers, is not on this machine: install its static build and put it on PATH (tried: ${why})`,
      {
        cause,
      },
    )
  })
  if (!(await isStatic(file))) throw new Error('busybox of the packages needs libraries')
  return file
}
