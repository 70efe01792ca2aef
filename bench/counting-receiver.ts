import { createServer, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'

const Body = z.object({ data: z.object({ sequence: z.int() }) })

export interface CountingReceiver {
  /** Of one webhook: each has a path of its own. */
  url(name: string): string
  /** When (milliseconds since the epoch) each event came to a webhook, in the order in which the events happened. */
  arrivals(name: string): number[]
  /** Requests for what had been acknowledged before. */
  duplicates(): number
  /** From now on the webhook's requests are answered after so long. */
  slow(name: string, ms: number): void
  /** Refuses connections until it is up again, at the same port. */
  down(): Promise<void>
  up(): Promise<void>
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Receivers of many webhooks in one server; it acknowledges all it gets, and counts. */
export async function startCountingReceiver(): Promise<CountingReceiver> {
  const arrived = new Map<string, Map<number, number>>()
  const acknowledged = new Set<string>()
  const delays = new Map<string, number>()
  let duplicates = 0
  let port = 0

  async function take(path: string, body: string, response: ServerResponse): Promise<void> {
    const at = performance.timeOrigin + performance.now()
    const name = path.slice(1)
    const { sequence } = Body.parse(JSON.parse(body)).data
    const key = `${name} ${sequence}`
    if (acknowledged.has(key)) duplicates += 1
    const events = arrived.get(name) ?? new Map<number, number>()
    arrived.set(name, events)
    if (!events.has(sequence)) events.set(sequence, at)
    await sleep(delays.get(name) ?? 0)
    // Only what was sent whole has been acknowledged.
    response.writeHead(204).end(() => acknowledged.add(key))
  }
  const listen = async (): Promise<Server> => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => void take(request.url ?? '', Buffer.concat(chunks).toString('utf8'), response))
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
    port = address.port
    return server
  }
  let server: Server | undefined = await listen()
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    arrivals: (name) => [...(arrived.get(name) ?? [])].sort(([a], [b]) => a - b).map(([, at]) => at),
    duplicates: () => duplicates,
    slow: (name, ms) => void delays.set(name, ms),
    down: async () => {
      if (server) await close(server)
      server = undefined
    },
    up: async () => {
      server ??= await listen()
    },
  }
}
