import { type AddressInfo, createServer, type Socket } from 'node:net'
import { connectResp, type Endpoint, RespError } from '../../../shared/engines/resp.ts'
import { selfSigned } from '../../../shared/platform/certificate.ts'

/** A server that answers every chunk it gets with what the script says, in pieces of one byte. */
async function withServer(answers: string[], test: (endpoint: Endpoint, heard: string[]) => Promise<void>): Promise<void> {
  const heard: string[] = []
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('data', async (data) => {
      heard.push(String(data))
      for (const byte of Buffer.from(answers.shift() ?? '')) {
        socket.write(Buffer.from([byte]))
        await new Promise(setImmediate)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await test({ address: '127.0.0.1', port, password: 'secret' }, heard)
  } finally {
    for (const socket of open) socket.destroy()
    server.close()
  }
}

describe('the Redis protocol', () => {
  it('reads replies of every kind, in order, however they arrive', async () => {
    await withServer(
      ['+OK\r\n', '$6\r\na\r\nbc\u0001\r\n:42\r\n*3\r\n$-1\r\n*0\r\n+fine\r\n-ERR no\r\n*-1\r\n$0\r\n\r\n'],
      async (endpoint) => {
        const connection = await connectResp(endpoint, 1000)
        const replies = await connection.pipeline([['A'], ['B'], ['C'], ['D'], ['E'], ['F']])
        expect(replies.map((reply) => (reply instanceof RespError ? reply.message : reply))).toEqual([
          'a\r\nbc\u0001',
          42,
          [null, [], 'fine'],
          'ERR no',
          null,
          '',
        ])
        connection.close()
      },
    )
  })

  it('counts bytes, not letters, in what it sends', async () => {
    await withServer(['+OK\r\n', '+OK\r\n'], async (endpoint, heard) => {
      const connection = await connectResp({ ...endpoint, username: 'control' }, 1000)
      expect(await connection.call('SET', 'ключ', '')).toBe('OK')
      expect(heard).toEqual(['*3\r\n$4\r\nAUTH\r\n$7\r\ncontrol\r\n$6\r\nsecret\r\n', '*3\r\n$3\r\nSET\r\n$8\r\nключ\r\n$0\r\n\r\n'])
      connection.close()
    })
  })

  it('does not connect with a wrong password, and does not repeat it', async () => {
    await withServer(['-WRONGPASS invalid username-password pair\r\n'], async (endpoint) => {
      await expect(connectResp(endpoint, 1000)).rejects.toThrow(/^WRONGPASS invalid username-password pair$/)
    })
  })

  it('gives up on a node that stays silent, and everything that waits behind it', async () => {
    await withServer(['+OK\r\n'], async (endpoint) => {
      const connection = await connectResp(endpoint, 50)
      const waiting = await Promise.allSettled([connection.call('PING'), connection.call('PING')])
      expect(waiting.map((each) => each.status)).toEqual(['rejected', 'rejected'])
      expect(connection.closed).toBe(true)
      await expect(connection.call('PING')).rejects.toThrow('closed')
    })
  })

  it('gives up as soon on a node that does not even begin to speak TLS', async () => {
    await withServer([], async (endpoint) => {
      const tls = selfSigned('ring', Date.now())
      await expect(connectResp({ ...endpoint, tls }, 50)).rejects.toThrow('no answer within 50 ms')
    })
  })

  it('hangs up on what is not the protocol', async () => {
    await withServer(['HTTP/1.1 400 Bad Request\r\n\r\n'], async (endpoint) => {
      await expect(connectResp(endpoint, 1000)).rejects.toThrow('malformed')
    })
  })
})
