import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')
const CACHE = join(ROOT, '.cache', 'witness')
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const ATTEMPTS = 3

/** There is no Python, or no way to the packages; the message says what to do. */
export class NoPython extends Error {
  override name = 'NoPython'
}

/** Runs modules of the pinned packages, which stand in a folder of their own. */
export interface Python {
  command: string
  packages: string
}

interface Ran {
  code: number
  said: string
}

function run(command: string, args: string[]): Promise<Ran> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, said: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, said: Buffer.concat(said).toString('utf8').trim() }))
  })
}

/** Its version, when pip is there too; moto and ministack want 3.10. */
async function usable(command: string): Promise<string | undefined> {
  const asked = 'import sys, pip; assert sys.version_info >= (3, 10); print(sys.version_info.major, sys.version_info.minor)'
  const { code, said } = await run(command, ['-c', asked])
  return code === 0 ? said.replace(' ', '.') : undefined
}

/** @throws NoPython */
async function findPython(): Promise<{ command: string; version: string }> {
  for (const command of ['python3', 'python']) {
    const version = await usable(command)
    if (version !== undefined) return { command, version }
  }
  throw new NoPython(
    'There is no Python 3.10 or newer with pip (as python3) on the PATH: install both, e.g. the packages python3 and python3-pip.',
  )
}

/** Into a folder beside the wanted one, so that what is half installed is never taken for all of it. */
async function install(command: string, packages: string, requirements: string, tell: (line: string) => void): Promise<void> {
  const fresh = `${packages}.${process.pid}`
  const args = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--no-compile',
    '--disable-pip-version-check',
    '--target',
    fresh,
    '--requirement',
    requirements,
  ]
  for (let attempt = 1; ; attempt += 1) {
    tell(`installing ${relative(ROOT, requirements)} (attempt ${attempt} of ${ATTEMPTS}) ...`)
    await rm(fresh, { recursive: true, force: true })
    const { code, said } = await run(command, args)
    if (code === 0) break
    if (attempt === ATTEMPTS) throw new NoPython(`pip cannot install ${relative(ROOT, requirements)}:\n${said}`)
  }
  await rename(fresh, packages).catch(async (error: unknown) => {
    // Another run was faster.
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(packages)) throw error
  })
}

/**
 * The machine's Python with pinned packages, the emulators unless others are named, which are installed below .cache at the first time.
 * @throws NoPython when there is none, or pip fails three times
 */
export async function givenPython(tell: (line: string) => void = () => undefined, requirements: string = REQUIREMENTS): Promise<Python> {
  const { command, version } = await findPython()
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const packages = join(CACHE, `python${version}-${hash}`)
  if (!existsSync(packages)) {
    await mkdir(CACHE, { recursive: true })
    await install(command, packages, requirements, tell)
  }
  return { command, packages }
}
