import { createServer, type Server } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { type Post, poster } from '../../../shared/webhooks/post.ts'
import { cert, key } from './certificate.ts'
import { listening } from './given.ts'

/** A receiver with a certificate for `receiver.example`; it counts connections too, since a handshake alone is one too many. */
async function givenListener(name: string, answer: { status: number; headers?: Record<string, string> }) {
  const heard = { name, connections: 0, requests: [] as string[], port: 0 }
  const server: Server = createServer({ key, cert }, (request, response) => {
    heard.requests.push(`${request.method} ${request.headers.host}${request.url}`)
    request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end())
  })
  server.on('connection', () => {
    heard.connections += 1
  })
  heard.port = await listening(server)
  const stop = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { heard, answer, stop }
}

/**
 * The world in small: one public address where a receiver listens, and the inside, which is every other address. The POST is
 * the real one and all of it happens on loopback: what it is told to connect to decides which of the two listeners it reaches.
 */
export async function givenInternet(publicAddress: string) {
  const answer: { status: number; headers?: Record<string, string> } = { status: 204 }
  const outside = await givenListener('outside', answer)
  const inside = await givenListener('inside', { status: 200 })
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, cert])
  const post: Post = (request) => {
    const { port } = request.address === publicAddress ? outside.heard : inside.heard
    const url = new URL(request.url)
    url.port = String(port)
    return poster()({ ...request, url, address: '127.0.0.1' })
  }
  /** From now on nobody vouches for the receivers. */
  const distrust = () => setDefaultCACertificates(before)
  const stop = async () => {
    distrust()
    await Promise.all([outside.stop(), inside.stop()])
  }
  return { post, answer, outside: outside.heard, inside: inside.heard, distrust, stop }
}
