import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { leash } from '../../local/leash.ts'
import { throwaway } from '../../local/throwaway.ts'
import { until } from '../support/until.ts'
import type { Python } from './python.ts'

/** An emulator of AWS, answering on 127.0.0.1. */
export interface Server {
  readonly url: string
  /** What it has said so far, the last of it. */
  said(): string
  stop(): Promise<void>
}

export interface ServerOptions {
  module: string
  args(port: number): string[]
  variables(port: number): Record<string, string>
  /** Answers 200 when it is up. */
  health: string
}

const KEPT_BYTES = 200_000
/** On a machine that is busy with other tests. */
const START_MS = 120_000

/** Taken and given back: the next one who asks for any port gets another. */
function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address !== 'string' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-KEPT_BYTES)
    })
  }
  return () => text
}

/** @throws with what it said when it ends instead of answering */
async function answers(url: string, child: ChildProcess, said: () => string): Promise<void> {
  await until(
    `${url} answers`,
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${said()}`)
      const response = await fetch(url).catch(() => undefined)
      await response?.body?.cancel()
      return response?.ok ? true : undefined
    },
    START_MS,
  )
}

/** Starts it with no variable of this process but the way to its programs: Node 24 comes first, for those who run functions. */
export async function startServer({ command, packages }: Python, options: ServerOptions): Promise<Server> {
  const port = await freePort()
  const scratch = throwaway('ringhold-witness-')
  const child = spawn(command, ['-m', options.module, ...options.args(port)], {
    cwd: scratch.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: scratch.path,
      TMPDIR: scratch.path,
      PYTHONPATH: packages,
      ...options.variables(port),
    },
  })
  const letGo = leash('kill -9 "$1"', String(child.pid))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said = collect(child)
  const stop = async (): Promise<void> => {
    child.kill()
    const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(patience)
    await letGo()
    await scratch.remove()
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await answers(`${url}${options.health}`, child, said)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, said, stop }
}
