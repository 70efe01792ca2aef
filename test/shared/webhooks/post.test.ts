import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { POST_LIMITS, type PostRequest, poster } from '../../../shared/webhooks/post.ts'
import { cert, key } from './certificate.ts'
import { givenReceiver, listening } from './given.ts'

const quick = { ...POST_LIMITS, connectMs: 300, totalMs: 300 }
const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const to = (url: string): PostRequest => ({ url: new URL(url), address: '127.0.0.1', headers: { 'x-told': 'yes' }, body: '{"é":1}' })

async function givenSocketServer(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()))
    onSocket(socket)
  })
  const port = await listening(server)
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return port
}

const answering = (text: string) => givenSocketServer((socket) => socket.once('data', () => socket.end(text)))

async function givenTlsServer() {
  const names: (string | false | null | undefined)[] = []
  const server = createTlsServer({ key, cert }, (socket) => {
    names.push(socket.servername)
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  stops.push(() => server.close())
  return { port: await listening(server), names }
}

describe('a POST', () => {
  it('goes to the address it is told, under the name of its URL', async () => {
    const receiver = await givenReceiver({ status: 200, body: 'thanks' })
    stops.push(receiver.stop)
    const url = receiver.url.replace('127.0.0.1', 'receiver.example')
    expect(await poster()(to(url))).toEqual({ status: 200, answer: 'thanks' })
    expect(receiver.received).toEqual([
      {
        headers: {
          'x-told': 'yes',
          'accept-encoding': 'identity',
          'content-length': '8',
          host: new URL(url).host,
          connection: 'close',
        },
        body: '{"é":1}',
      },
    ])
  })

  it('checks the certificate against the name, not the address', async () => {
    const { port, names } = await givenTlsServer()
    const before = getCACertificates('default')
    stops.push(() => setDefaultCACertificates(before))
    setDefaultCACertificates([...before, cert])
    expect(await poster()(to(`https://receiver.example:${port}/`))).toEqual({ status: 200, answer: '' })
    expect(await poster()(to(`https://other.example:${port}/`))).toEqual({ error: 'tls_failed' })
    expect(names).toContain('receiver.example')
  })

  it('refuses a certificate that nobody vouches for', async () => {
    const { port } = await givenTlsServer()
    expect(await poster()(to(`https://receiver.example:${port}/`))).toEqual({ error: 'tls_failed' })
  })

  it('does not follow a redirect', async () => {
    const receiver = await givenReceiver()
    receiver.reply = { status: 307, headers: { location: receiver.url } }
    stops.push(receiver.stop)
    expect(await poster()(to(receiver.url))).toEqual({ status: 307, answer: '' })
    expect(receiver.received).toHaveLength(1)
  })

  it('keeps a kilobyte of the answer and does not wait for more than 64', async () => {
    const port = await givenSocketServer((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(POST_LIMITS.readBytes + 1)}`)),
    )
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ status: 200, answer: 'a'.repeat(1024) })
  })

  it('takes compressed bytes for what they are', async () => {
    const port = await answering('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd')
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ status: 200, answer: 'abcd' })
  })

  it('counts a status whose body breaks off', async () => {
    const port = await answering('HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nbusy')
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ status: 503, answer: 'busy', retryAfter: '7' })
  })
})

describe('a POST without an answer says why', () => {
  it('nobody listens', async () => {
    const receiver = await givenReceiver()
    await receiver.stop()
    expect(await poster()(to(receiver.url))).toEqual({ error: 'connect_failed' })
  })

  it('the handshake never ends', async () => {
    const port = await givenSocketServer(() => undefined)
    const patient = { ...quick, totalMs: 5_000 }
    expect(await poster(patient)(to(`https://receiver.example:${port}/`))).toEqual({ error: 'connect_timeout' })
  })

  it('the receiver thinks for too long', async () => {
    const port = await givenSocketServer(() => undefined)
    expect(await poster(quick)(to(`http://receiver.example:${port}/`))).toEqual({ error: 'timeout' })
  })

  it('the receiver hangs up', async () => {
    const port = await givenSocketServer((socket) => socket.once('data', () => socket.destroy()))
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ error: 'connection_lost' })
  })

  it('the receiver wants another protocol', async () => {
    const port = await answering('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ error: 'connection_lost' })
  })

  it('the answer is not HTTP', async () => {
    const port = await answering('220 mail.example ESMTP\r\n')
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ error: 'bad_answer' })
  })

  it('the head is without end', async () => {
    const port = await answering(`HTTP/1.1 200 OK\r\n${'x-more: more\r\n'.repeat(4_000)}\r\n`)
    expect(await poster()(to(`http://receiver.example:${port}/`))).toEqual({ error: 'bad_answer' })
  })
})
