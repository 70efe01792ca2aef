import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { AttemptError } from '../contract/delivery.ts'

export interface PostRequest {
  url: URL
  /** The one address that is connected to, whatever the name resolves to by now. */
  address: string
  headers: Record<string, string>
  body: string
}
export type PostAnswer = { status: number; retryAfter?: string; answer: string } | { error: AttemptError }
export type Post = (request: PostRequest) => Promise<PostAnswer>

/** Milliseconds and bytes. */
export const POST_LIMITS = { connectMs: 5_000, totalMs: 15_000, readBytes: 65_536, keepBytes: 1_024 }
export type PostLimits = typeof POST_LIMITS

/** SNI, Host and the certificate's check keep the name; only the connection goes where it is told. */
const pinned = (address: string): LookupFunction => {
  const family = isIP(address)
  return (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family))
}

/** A character that the end cuts in two is left out; what is no UTF-8 grows as text, and is cut again. */
function startOf(bytes: Buffer, most: number): string {
  const text = (part: Uint8Array): string => new TextDecoder().decode(part, { stream: true })
  return text(Buffer.from(text(bytes)).subarray(0, most))
}

/** The start of a body, as text; what a receiver sends past `readBytes` is not waited for. */
function readStart(response: IncomingMessage, limits: PostLimits): Promise<string> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let read = 0
    response.on('data', (chunk: Buffer) => {
      if (read < limits.keepBytes) kept.push(chunk.subarray(0, limits.keepBytes - read))
      read += chunk.length
      if (read > limits.readBytes) response.destroy()
    })
    // The status has been received, and that is the answer: a body that breaks off does not change it.
    response.on('error', () => response.destroy())
    response.once('close', () => resolve(startOf(Buffer.concat(kept), limits.keepBytes)))
  })
}

/** What Node's HTTP parser says of an answer that is not HTTP, or has too large a head. */
const unreadable = (error: Error): boolean => 'code' in error && String(error.code).startsWith('HPE_')

function exchange(request: PostRequest, limits: PostLimits): Promise<PostAnswer> {
  const tls = request.url.protocol === 'https:'
  return new Promise((resolve) => {
    // No agent: connections are neither shared between tenants nor sent through a proxy. Redirects and compression are not followed up.
    const outgoing = (tls ? tlsRequest : plainRequest)(request.url, {
      method: 'POST',
      agent: false,
      // Said, since the environment could say otherwise (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
      lookup: pinned(request.address),
      headers: { ...request.headers, 'accept-encoding': 'identity', 'content-length': Buffer.byteLength(request.body) },
    })
    let meaning: AttemptError = 'connect_failed'
    const giveUp = (why: AttemptError) => () => {
      meaning = why
      outgoing.destroy()
    }
    const connecting = setTimeout(giveUp('connect_timeout'), limits.connectMs)
    const total = setTimeout(giveUp('timeout'), limits.totalMs)
    const connected = () => {
      clearTimeout(connecting)
      meaning = 'connection_lost'
    }
    outgoing.once('socket', (socket) => {
      socket.once('connect', tls ? () => (meaning = 'tls_failed') : connected)
      socket.once('secureConnect', connected)
    })
    let answered = false
    outgoing.once('response', async (response) => {
      answered = true
      const answer = await readStart(response, limits)
      const retryAfter = response.headers['retry-after']
      resolve({ status: response.statusCode ?? 0, answer, ...(retryAfter === undefined ? {} : { retryAfter }) })
      outgoing.destroy()
    })
    outgoing.on('error', (error) => {
      if (unreadable(error)) meaning = 'bad_answer'
    })
    outgoing.once('close', () => {
      clearTimeout(connecting)
      clearTimeout(total)
      if (!answered) resolve({ error: meaning })
    })
    outgoing.end(request.body)
  })
}

/** POSTs once over a connection of its own. Never rejects: what goes wrong is an answer too. */
export const poster =
  (limits: PostLimits = POST_LIMITS): Post =>
  (request) =>
    exchange(request, limits)
