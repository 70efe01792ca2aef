import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { IMAGES, knownName } from './catalog.ts'
import { type Closure, closureOf } from './closure.ts'
import type { Command } from './command.ts'
import type { ImageStore } from './images.ts'
import { findBusybox } from './shell.ts'
import { type Member, tar } from './tar.ts'

/** The user that the engines' official images run as, and give `/data` to. */
const USER = 999

/**
 * What an engine's script asks the metadata endpoint with. Busybox has a wget, but a static one that is given a time limit (-T)
 * crashes in the C library's look-up of names.
 */
const CURL = `#!/bin/sh
limit=60
while getopts sfm: option; do
  case $option in m) limit=$OPTARG ;; [?]) exit 2 ;; esac
done
shift $((OPTIND - 1))
exec timeout "$limit" wget -q -O - "$1"
`

export interface ContainerImages {
  /** @returns what Docker Engine knows the image by; throws what the image store throws */
  pull(image: string): Promise<string>
}

export interface ContainerImagesDeps {
  docker: Docker
  /** Where the engines' programs come from. */
  programs: ImageStore
  command: Command
  path: string
  cacheDir: string
}

/** Parents before children, each once. */
function directories(paths: string[]): Member[] {
  const all = new Set<string>()
  for (const path of paths)
    for (let parent = posix.dirname(path); parent !== '/' && parent !== '.'; parent = posix.dirname(parent)) all.add(parent)
  return [...all].sort().map((path) => ({ path: `.${path}/`, mode: 0o755 }))
}

/** A root with a shell, and a program with its libraries where it looks for them. */
async function rootOf({ busybox, applets }: { busybox: string; applets: string[] }, closure: Closure, name: string): Promise<Member[]> {
  const files = [{ file: busybox, path: '/bin/busybox' }, { file: closure.program, path: `/usr/local/bin/${name}` }, ...closure.libraries]
  const contents = await Promise.all(files.map(async ({ file, path }) => ({ path, content: await readFile(file) })))
  return [
    ...directories(contents.map(({ path }) => path).concat('/etc/passwd')),
    { path: './tmp/', mode: 0o1777 },
    { path: './data/', mode: 0o755, owner: USER },
    { path: './etc/passwd', mode: 0o644, content: Buffer.from(`root:x:0:0::/:/bin/sh\nnode:x:${USER}:${USER}::/:/bin/sh\n`) },
    { path: './usr/local/bin/curl', mode: 0o755, content: Buffer.from(CURL) },
    ...contents.map(({ path, content }) => ({ path: `.${path}`, mode: 0o755, content })),
    ...applets.filter((applet) => applet !== 'busybox').map((applet) => ({ path: `./bin/${applet}`, mode: 0o777, link: 'busybox' })),
  ]
}

/** Puts a root into Docker Engine, under a name that says what is in it: one that is there already is the same. */
async function importRoot(docker: Docker, { repository, version }: { repository: string; version: string }, root: Buffer): Promise<string> {
  const tag = `${version}-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`
  const name = `${repository}:${tag}`
  const known = await docker.listImages({ filters: { reference: [name] } })
  if (known.length > 0) return name
  const changes = ['CMD ["/bin/sh"]', 'LABEL ringhold.image=local']
  const answer = await docker.importImage(Readable.from([root]), { repo: repository, tag, changes })
  const said = await text(answer)
  if (said.includes('"error"')) throw new Error(`Docker Engine did not take the image ${name}: ${said.trim()}`)
  return name
}

/**
 * Images for Docker Engine without a registry: the programs that stand in for an image where there are no containers, with
 * their libraries, a shell and nothing else. They are made in a second or two and stay in the Engine.
 */
export function createContainerImages(deps: ContainerImagesDeps): ContainerImages {
  const { docker, programs, command } = deps
  const made = new Map<string, Promise<string>>()
  let busybox: Promise<string> | undefined

  async function findShell(): Promise<{ busybox: string; applets: string[] }> {
    busybox ??= findBusybox(command, deps)
    const found = await busybox.catch((error: unknown) => {
      busybox = undefined
      throw error
    })
    return { busybox: found, applets: (await command(found, ['--list'])).trim().split('\n') }
  }
  async function make(image: string): Promise<string> {
    const { path, version } = await programs.pull(image)
    const name = IMAGES[knownName(image) ?? image]?.name ?? image
    const [shell, closure] = await Promise.all([findShell(), closureOf(command, path, name)])
    return importRoot(docker, { repository: `ringhold-local/${name}`, version }, tar(await rootOf(shell, closure, name)))
  }
  return {
    pull: (image) => {
      const running = made.get(image) ?? make(image)
      made.set(image, running)
      // What failed may work the next time; whoever waits for it hears of it from `running` itself.
      running.catch(() => made.delete(image))
      return running
    },
  }
}
