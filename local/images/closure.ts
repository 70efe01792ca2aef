import { access, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from './command.ts'
import { libraries } from './debian.ts'

/** A program and all that it links to: where each file is on this machine, and where a root of its own must have it. */
export interface Closure {
  program: string
  libraries: { file: string; path: string }[]
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const isElf = async (file: string): Promise<boolean> => (await readFile(file)).subarray(1, 4).toString() === 'ELF'

/** `libc.so.6 => /lib/libc.so.6 (0x...)`, `/lib64/ld-linux-x86-64.so.2 (0x...)`, and the same with `=> where it really is`. */
const LINE = /^\s*(\S+)(?: => (\S+))? \(0x/

function parse(output: string, root: string): Closure['libraries'] {
  const inRoot = (file: string): string => (root !== '/' && file.startsWith(`${root}/`) ? file.slice(root.length) : file)
  return output.split('\n').flatMap((line) => {
    const [, name = '', found] = LINE.exec(line) ?? []
    // The loader is where the program itself says; everything else is where the loader looks for it.
    if (name.startsWith('/')) return [{ file: found ?? name, path: name }]
    return found ? [{ file: found, path: inRoot(found) }] : []
  })
}

/** The C library loads it by name when a thread is ended: no program names it. */
async function unnamed(found: Closure['libraries']): Promise<Closure['libraries']> {
  const libc = found.find(({ path }) => path.includes('/libc.so.'))
  if (!libc || found.some(({ path }) => path.includes('/libgcc_s.so.'))) return []
  const [file, path] = [libc.file, libc.path].map((place) => join(dirname(place), 'libgcc_s.so.1'))
  return file && path && (await isThere(file)) ? [{ file, path }] : []
}

/**
 * @param directory where the image store found the program: one of this machine's, or `bin` beside the unpacked packages of a suite
 * @throws when it is neither a program nor one of our own starters
 */
export async function closureOf(command: Command, directory: string, name: string): Promise<Closure> {
  const installed = join(directory, name)
  const root = join(dirname(directory), 'root')
  const packed = join(root, 'usr/bin', name)
  const fromPackages = await isThere(packed)
  const program = await realpath(fromPackages ? packed : installed)
  if (!(await isElf(program))) throw new Error(`${installed} is a script: a container needs the program itself`)
  if (!fromPackages) {
    const found = parse(await command('ldd', [program]), '/')
    return { program, libraries: [...found, ...(await unnamed(found))] }
  }
  const { loader, path } = await libraries(root)
  return { program, libraries: parse(await command(loader, ['--inhibit-cache', '--library-path', path, '--list', program]), root) }
}
