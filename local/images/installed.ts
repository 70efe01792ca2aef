import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Program } from './catalog.ts'
import { commands } from './command.ts'

/** Where an image's programs are: a prefix for PATH, and the exact version. */
export interface Pulled {
  path: string
  version: string
}

/** `Redis server v=7.0.15 ...`, `redis-cli 7.0.15`; undefined when it does not run here. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    return /\d+\.\d+\.\d+/.exec(await commands()(program, ['--version']))?.[0]
  } catch {
    return undefined
  }
}

/** Valkey knows the setting in every build, Redis in those with TLS only. */
const WITHOUT_TLS = /Failed finding TLS support|Bad directive/
/** Much more than a server takes to end. */
const LONGEST_MS = 10_000

/** Whether a server was built with TLS. Asked for a TLS port and given no certificate, it never listens: it ends, and says why. */
const hasTls = (server: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(server, ['--port', '0', '--tls-port', '1'], { timeout: LONGEST_MS }, (_error, stdout, stderr) =>
      resolve(!WITHOUT_TLS.test(stdout + stderr)),
    )
  })

/** The program in a directory, or why what is there is of no use; undefined where none of the wanted version runs. */
export async function lookInto(directory: string, { name, version: wanted, tls }: Program): Promise<Pulled | string | undefined> {
  const program = join(directory, name)
  const isThere = await access(program).then(
    () => true,
    () => false,
  )
  const version = isThere ? await versionOf(program) : undefined
  if (version === undefined || (wanted !== undefined && !version.startsWith(`${wanted}.`))) return undefined
  return tls && !(await hasTls(program)) ? `${program} was built without TLS` : { path: directory, version }
}
