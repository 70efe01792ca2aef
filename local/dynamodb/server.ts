import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { leash } from '../leash.ts'
import { listeningPort } from './listening-port.ts'
import { endLeftover, removePidFile, writePidFile } from './pid-file.ts'

export interface DynoxideServer {
  readonly host: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export interface ServerOptions {
  /** Where the database file is; undefined keeps everything in memory. */
  dataDir?: string | undefined
  /** Told when the server ends without having been asked to. */
  onExit: (error: Error) => void
}

const READY_MS = 10_000

/**
 * One of eight million, which nodes have no part of. It answers the pages of any site (`Access-Control-Allow-Origin: *`) and judges no
 * signature: they must not find it.
 */
const ownAddress = (): string => `127.${randomInt(128, 256)}.${randomInt(256)}.${randomInt(1, 255)}`

/** Dynoxide (https://github.com/nubo-db/dynoxide): DynamoDB over SQLite, one static binary from npm. */
function binary(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')), 'dynoxide')
  } catch (cause) {
    throw new Error('the local table needs the npm package @dynoxide/linux-x64, which installs on Linux on x64', { cause })
  }
}

async function waitForPort(child: ChildProcess, pid: number, output: () => string): Promise<number> {
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(2)) {
    if (child.exitCode !== null || child.signalCode !== null) break
    const port = listeningPort(pid)
    if (port !== undefined) return port
  }
  child.kill('SIGKILL')
  throw new Error(`dynoxide did not start: ${output().trim() || 'it said nothing'}`)
}

/** Starts one; an earlier one on the same directory is ended first, for two of them would write one file unopposed. */
export async function startServer({ dataDir, onExit }: ServerOptions): Promise<DynoxideServer> {
  const pidFile = dataDir && join(dataDir, 'dynoxide.pid')
  if (dataDir) mkdirSync(dataDir, { recursive: true })
  if (pidFile) await endLeftover(pidFile)
  const host = ownAddress()
  const child = spawn(binary(), ['--host', host, '--port', '0', ...(dataDir ? ['--db-path', join(dataDir, 'dynamodb.sqlite')] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C goes to the whole process group: the server has to outlive it until it is stopped.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2000)
    })
  }
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const { pid } = child
  if (pid === undefined) throw new Error('dynoxide has no pid')
  if (pidFile) writePidFile(pidFile, pid)
  const letGo = leash('kill -9 "$1"', String(pid))
  let stopping = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      if (pidFile) removePidFile(pidFile)
      if (!stopping) onExit(new Error(`dynoxide ended (${signal ?? code}): ${said.trim()}`))
      void letGo().then(resolve)
    })
  })
  const stop = (): Promise<void> => {
    stopping = true
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), 2000)
    return exited.finally(() => clearTimeout(force))
  }
  return { host, port: await waitForPort(child, pid, () => said), pid, stop }
}
