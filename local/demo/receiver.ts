import { createServer, type Server } from 'node:http'
import { Webhook } from 'standardwebhooks'
import * as z from 'zod'

const Received = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ cluster_id: z.string().optional(), webhook_id: z.string().optional() }),
})
export type Received = z.infer<typeof Received> & { at: number }

export interface Receiver {
  url: string
  /** The secret that the API showed when the webhook was made. */
  trust(secret: string): void
  /** Resolves with the first event of one of these types for that cluster or webhook whose signature is right. */
  next(subjectId: string, types: string[], timeoutMs: number): Promise<Received>
  /** Requests whose signature was wrong. */
  refused(): number
  stop(): Promise<void>
}

/** At the port if it can be had, else at a free one. */
async function listen(server: Server, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  } catch (error) {
    if (port === 0) throw error
    return listen(server, 0)
  }
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the receiver has no port')
  return address.port
}

/** A tenant's webhook receiver; it believes only what npm's `standardwebhooks` verifies. */
export async function startReceiver(port = 0): Promise<Receiver> {
  let verifier: Webhook | undefined
  let refused = 0
  const received: Received[] = []
  const waiters = new Set<() => void>()
  function take(body: string, headers: Record<string, string>): void {
    if (!verifier) throw new Error('a webhook came before its secret was known')
    received.push({ ...Received.parse(verifier.verify(body, headers)), at: Date.now() })
    for (const wake of waiters) wake()
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      try {
        take(Buffer.concat(chunks).toString('utf8'), Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])))
        response.writeHead(204).end()
      } catch {
        refused += 1
        response.writeHead(401).end()
      }
    })
  })
  const listeningAt = await listen(server, port)
  return {
    url: `http://127.0.0.1:${listeningAt}/webhooks`,
    trust: (secret) => {
      verifier = new Webhook(secret)
    },
    next: (subjectId, types, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => finish(() => reject(new Error(`no webhook ${types.join(' or ')} within ${timeoutMs / 1000} s`))),
          timeoutMs,
        )
        function finish(end: () => void): void {
          clearTimeout(timer)
          waiters.delete(look)
          end()
        }
        function look(): void {
          const found = received.find(
            (event) => (event.data.cluster_id ?? event.data.webhook_id) === subjectId && types.includes(event.type),
          )
          if (found) finish(() => resolve(found))
        }
        waiters.add(look)
        look()
      }),
    refused: () => refused,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
