import { createHash } from 'node:crypto'
import { connect, createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

const Running = z.object({ pid: z.int(), apiUrl: z.string().optional() })
/** Who runs: its process, and where its API is once it is up. */
export type Running = z.infer<typeof Running>

export interface Place {
  /** What another one is told from now on. */
  note(apiUrl: string): void
  release(): Promise<void>
}

const ANSWER_MS = 2000
const TRIES = 5

const errorCode = (error: unknown): unknown => (Error.isError(error) && 'code' in error ? error.code : undefined)

/**
 * A name in Linux' abstract space of sockets (https://man7.org/linux/man-pages/man7/unix.7.html): no file, and the kernel
 * gives it up with its process, however that ends. So nothing stale can keep anyone out.
 */
const socketName = (what: string): string => `\0ringhold-${createHash('sha256').update(what).digest('hex').slice(0, 40)}`

function listen(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen(name, () => resolve(true))
  })
}

/** What the holder says of itself; undefined when it is gone by now. */
async function ask(name: string): Promise<Running | undefined> {
  const socket = connect(name)
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')))
  try {
    return Running.parse(JSON.parse(await text(socket)))
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

/** Who has claimed it; undefined when nobody has. */
export const runningAt = (what: string): Promise<Running | undefined> => ask(socketName(what))

/**
 * Claims what only one process may have, or says who has it.
 * @throws when somebody has it and does not say who
 */
export async function claim(what: string): Promise<{ taken: Running } | Place> {
  const name = socketName(what)
  let running: Running = { pid: process.pid }
  for (let tries = 0; tries < TRIES; tries += 1) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end(JSON.stringify(running))
    })
    if (await listen(server, name)) {
      // It alone must not keep the process alive.
      server.unref()
      return {
        note: (apiUrl) => {
          running = { ...running, apiUrl }
        },
        release: () => new Promise((resolve) => server.close(() => resolve())),
      }
    }
    const taken = await ask(name)
    if (taken) return { taken }
  }
  throw new Error('another Ringhold runs here already, and does not answer')
}
