import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Source } from './catalog.ts'
import type { Command } from './command.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The archive that this machine's own apt uses. */
async function archive(command: Command): Promise<string> {
  const sites = await command('apt-get', ['indextargets', '--format', '$(REPO_URI)'])
  const uri = sites.split('\n').find((line) => /\/debian\/?$/.test(line))
  if (uri === undefined) throw new Error('apt of this machine has no Debian archive among its sources')
  return uri
}

/** apt with a state of its own: what is installed on the machine, and its sources, stay as they are. No root is needed. */
async function privateApt(command: Command, suites: string[], root: string): Promise<string[]> {
  await mkdir(join(root, 'state/lists/partial'), { recursive: true })
  await mkdir(join(root, 'cache/archives/partial'), { recursive: true })
  await writeFile(join(root, 'status'), '')
  const uri = await archive(command)
  await writeFile(join(root, 'sources.list'), suites.map((suite) => `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`).join(''))
  const options = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Retries': '3',
    'APT::Sandbox::User': 'root',
  }
  return ['-qq', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

/** Every directory of `root` with shared libraries, and the loader among them. */
export async function libraries(root: string): Promise<{ loader: string; path: string }> {
  const files = await readdir(root, { recursive: true, withFileTypes: true })
  const found = files.filter((file) => file.name.includes('.so.'))
  const loader = found.find((file) => file.name.startsWith('ld-linux') && file.isFile())
  if (!loader) throw new Error('the packages hold no loader')
  return { loader: join(loader.parentPath, loader.name), path: [...new Set(found.map((file) => file.parentPath))].join(':') }
}

/** Downloads packages and unpacks them into `root`. */
export async function unpackPackages(command: Command, { suites, packages }: Source, work: string, root: string): Promise<void> {
  const apt = await privateApt(command, suites, work)
  await command('apt-get', [...apt, 'update'])
  await command('apt-get', [...apt, 'download', ...packages], { cwd: work })
  for (const file of await readdir(work)) if (file.endsWith('.deb')) await command('dpkg-deb', ['-x', join(work, file), root])
  await rm(work, { recursive: true })
}

/**
 * Puts every program of the packages into `into/bin`, as a script that starts it by the loader of its own suite, so that it
 * does not matter which libraries the machine has. `exec`: the server keeps the process id that the script was given.
 * @param home where `into` will be once it is complete
 */
export async function unpackDebian(command: Command, source: Source, into: string, home: string): Promise<void> {
  const root = join(into, 'root')
  await unpackPackages(command, source, join(into, 'apt'), root)
  const { loader, path } = await libraries(root)
  const moved = (text: string): string => text.replaceAll(into, home)
  await mkdir(join(into, 'bin'))
  for (const program of await readdir(join(root, 'usr/bin'))) {
    const start = `exec '${loader}' --inhibit-cache --library-path '${path}' --argv0 ${program} '${join(root, 'usr/bin', program)}' "$@"`
    const script = join(into, 'bin', program)
    await mkdir(dirname(script), { recursive: true })
    await writeFile(script, `#!/bin/sh\n${moved(start)}\n`)
    await chmod(script, 0o755)
  }
}
