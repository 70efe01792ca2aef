import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { cells } from '../configured.ts'
import { pinned, readBases, writeBases } from './bases.ts'
import { pinAll, publish } from './publish.ts'
import { createRegistry, PLATFORMS } from './registry.ts'

const HELP = `Images of the engines for hosts that take them from your registry (imageRegistry in ringhold.config.ts).

  npm run images -- [--pin] [IMAGE]...

  IMAGE   as images/bases.json names it, e.g. redis:7.2. Default: all of them
  --pin   asks Docker Hub which digests the tags have now and writes them into images/bases.json; builds nothing
  --help  this

Without --pin it builds images/<engine>/Dockerfile for ${PLATFORMS.join(' and ')} on the digests of images/bases.json, pushes to each
imageRegistry, writes the packages of each into images/<engine>/packages-<version>.txt, and scans it with trivy or grype if one is here.
It takes Docker with buildx, a builder for both architectures (https://docs.docker.com/build/building/multi-platform), and a login:
  aws ecr get-login-password | docker login --username AWS --password-stdin <account>.dkr.ecr.<region>.amazonaws.com`

function command(options: { inherit: boolean }, [program = '', ...args]: string[]): string {
  const ran = spawnSync(program, args, { stdio: ['ignore', options.inherit ? 'inherit' : 'pipe', 'inherit'], encoding: 'utf8' })
  if (ran.error) throw new Error(`${program} does not run here: ${ran.error.message}`)
  if (ran.status !== 0) throw new Error(`${program} ended with ${ran.status}: ${[program, ...args].join(' ')}`)
  return ran.stdout ?? ''
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false }, pin: { type: 'boolean', default: false } },
  })
  if (values.help) return console.log(HELP)
  const all = readBases()
  const unknown = positionals.filter((image) => !all.some((base) => base.image === image))
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}: ${all.map(({ image }) => image).join(', ')}`)
  const bases = positionals.length === 0 ? all : all.filter(({ image }) => positionals.includes(image))
  const registry = createRegistry()
  if (values.pin) {
    const now = await pinAll(bases, registry.resolve, new Date().toISOString().slice(0, 10))
    writeBases(now)
    return console.log(now.map(({ image, digest }) => `${image}@${digest}`).join('\n'))
  }
  const registries = [...new Set(cells.flatMap(({ imageRegistry }) => imageRegistry ?? []))]
  await publish(pinned(bases), registries, {
    run: (line) => void command({ inherit: true }, line),
    read: (line) => command({ inherit: false }, line),
    isThere: (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
    write: (file, text) => writeFileSync(file, text),
    say: (line) => console.error(line),
    check: registry.check,
  })
}

try {
  await main()
} catch (error) {
  if (!Error.isError(error)) throw error
  console.error(error.message)
  process.exitCode = 1
}
