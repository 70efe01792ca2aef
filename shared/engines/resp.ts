import { connect as connectSocket, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { RingTls } from './engine.ts'
import { connectPinned, handshakeError } from './pinned-tls.ts'

/**
 * A client of the Redis protocol, version 2 (https://redis.io/docs/latest/develop/reference/protocol-spec/). Our own because
 * `functions/ring` needs one connection, one pipeline and one timeout: two hundred lines less to start cold than a cluster client.
 */
export type Reply = string | number | null | RespError | Reply[]

/** What a node answers instead of doing it, e.g. `NOAUTH Authentication required.` In a pipeline it is a reply like others. */
export class RespError extends Error {
  override name = 'RespError'
}

export interface Endpoint {
  address: string
  port: number
  /** Absent: the default user. */
  username?: string
  password: string
  /** Present: over TLS, with a node that shows this very certificate. Nothing is sent before it has. */
  tls?: RingTls
}

export interface RespConnection {
  /** Sends the commands at once and answers their replies in order, errors among them. Throws when the connection is lost or silent. */
  pipeline(commands: string[][]): Promise<Reply[]>
  /** One command; an error reply is thrown. */
  call(...command: string[]): Promise<Reply>
  readonly closed: boolean
  close(): void
}

const CRLF = '\r\n'
const encode = (command: string[]): string =>
  `*${command.length}${CRLF}${command.map((part) => `$${Buffer.byteLength(part)}${CRLF}${part}${CRLF}`).join('')}`

/** A value and where the next begins; undefined while bytes are missing. */
type Parsed = { value: Reply; next: number } | undefined

function parseArray(buffer: Buffer, length: number, from: number): Parsed {
  const values: Reply[] = []
  let next = from
  for (let i = 0; i < length; i += 1) {
    const item = parse(buffer, next)
    if (!item) return undefined
    values.push(item.value)
    next = item.next
  }
  return { value: values, next }
}

function parseBulk(buffer: Buffer, length: number, from: number): Parsed {
  if (buffer.length < from + length + 2) return undefined
  return { value: buffer.toString('utf8', from, from + length), next: from + length + 2 }
}

function parse(buffer: Buffer, from: number): Parsed {
  const end = buffer.indexOf(CRLF, from)
  if (end < 0) return undefined
  const line = buffer.toString('utf8', from + 1, end)
  const next = end + 2
  switch (buffer.toString('latin1', from, from + 1)) {
    case '+':
      return { value: line, next }
    case '-':
      return { value: new RespError(line), next }
    case ':':
      return { value: Number(line), next }
    case '$':
      return line === '-1' ? { value: null, next } : parseBulk(buffer, Number(line), next)
    case '*':
      return line === '-1' ? { value: null, next } : parseArray(buffer, Number(line), next)
    default:
      throw new Error(`not the Redis protocol: ${line.slice(0, 20)}`)
  }
}

interface Waiter {
  count: number
  replies: Reply[]
  timer: NodeJS.Timeout
  resolve(replies: Reply[]): void
  reject(error: Error): void
}

/** Hands replies to the pipelines in the order they were sent. */
class Connection implements RespConnection {
  readonly #socket: Socket
  readonly #timeoutMs: number
  #rest: Buffer = Buffer.alloc(0)
  #waiters: Waiter[] = []
  closed = false

  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the connection was closed')))
  }

  pipeline(commands: string[][]): Promise<Reply[]> {
    if (this.closed) return Promise.reject(new Error('the connection was closed'))
    if (commands.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new Error(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs)
      this.#waiters.push({ count: commands.length, replies: [], timer, resolve, reject })
      this.#write(commands.map(encode).join(''))
    })
  }

  async call(...command: string[]): Promise<Reply> {
    const [reply = null] = await this.pipeline([command])
    if (reply instanceof RespError) throw reply
    return reply
  }

  close(): void {
    this.#fail(new Error('the connection was closed'))
  }

  #write(text: string): void {
    if (this.#socket instanceof TLSSocket && !this.#socket.authorized) this.#socket.once('secureConnect', () => this.#socket.write(text))
    else this.#socket.write(text)
  }

  #read(chunk: Buffer): void {
    const buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let from = 0
    try {
      for (let item = parse(buffer, from); item; item = parse(buffer, from)) {
        from = item.next
        this.#deliver(item.value)
      }
      this.#rest = buffer.subarray(from)
    } catch (error) {
      this.#fail(new Error('a malformed answer', { cause: error }))
    }
  }

  #deliver(value: Reply): void {
    const [waiter] = this.#waiters
    if (!waiter) return
    waiter.replies.push(value)
    if (waiter.replies.length < waiter.count) return
    this.#waiters.shift()
    clearTimeout(waiter.timer)
    waiter.resolve(waiter.replies)
  }

  #fail(error: Error): void {
    this.closed = true
    this.#socket.destroy()
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer)
      waiter.reject(error)
    }
  }
}

/**
 * Connects and authenticates. Rejects with a sentence that carries no secret: refused, silent, or what the node answered.
 * @param timeoutMs of connecting, and of every answer on the connection
 */
export async function connectResp(endpoint: Endpoint, timeoutMs: number): Promise<RespConnection> {
  const { address: host, port, tls } = endpoint
  const socket = tls ? connectPinned(endpoint, tls) : connectSocket({ host, port, noDelay: true })
  const connection = new Connection(socket, timeoutMs)
  const user = endpoint.username === undefined ? [] : [endpoint.username]
  try {
    await connection.call('AUTH', ...user, endpoint.password)
    return connection
  } catch (error) {
    connection.close()
    throw socket instanceof TLSSocket ? handshakeError(error, socket) : error
  }
}
