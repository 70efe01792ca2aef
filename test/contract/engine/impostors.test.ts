import { randomBytes } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { generateCredentials } from '../../../shared/engines/credentials.ts'
import type { Target } from '../../../shared/engines/engine.ts'
import { wires } from '../../../shared/engines/wire.ts'
import { selfSigned } from '../../../shared/platform/certificate.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { asFiles } from './nodes.ts'

const credentials = { ...generateCredentials(randomBytes), tls: selfSigned('ring', Date.now()) }
const wire = wires(systemClock).valkey

/** A listener that says yes to everything, and what it was told: what was in the handshakes it finished, not their own bytes. */
interface Listener {
  name: string
  listen(hear: (socket: Socket) => void): Server
}
const LISTENERS: Listener[] = [
  { name: 'without TLS', listen: (hear) => createServer(hear) },
  {
    name: "over TLS, with a certificate of the same name as the ring's",
    listen: (hear) => createTlsServer({ ...asFiles(selfSigned('ring', Date.now())), requestCert: true, rejectUnauthorized: false }, hear),
  },
]

/** Listens at both ports of a node before the node could, and hands over what came in. */
async function withImpostor({ listen }: Listener, test: (target: Target, heard: string[]) => Promise<void>): Promise<void> {
  const heard: string[] = []
  const open = new Set<Socket>()
  const hear = (socket: Socket): void => {
    socket.on('error', () => socket.destroy()).on('data', (data) => heard.push(data.toString('latin1')) && socket.write('+OK\r\n'))
  }
  const servers = await Promise.all(
    ['client', 'peers'].map(async () => {
      const server = listen(hear).on('connection', (socket: Socket) => open.add(socket))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const [client = 0, peers = 0] = servers.map((server) => (server.address() as AddressInfo).port)
  try {
    await test({ ordinal: 0, shard: 0, role: 'primary', address: '127.0.0.1', ports: { client, peers, bus: 1 } }, heard)
  } finally {
    for (const socket of open) socket.destroy()
    for (const server of servers) server.close()
  }
}

/** No password, whole or in part, and no command. */
function expectNothingTold(heard: string[]): void {
  const all = heard.join('')
  const words = [
    'AUTH',
    'control',
    credentials.control.current,
    credentials.tenant.current,
    credentials.replication.current,
    credentials.tls.key,
  ]
  expect(words.filter((word) => all.includes(word.slice(0, 16)))).toEqual([])
}

describe.each(LISTENERS)('who took the ports of a node on a shared network before it, and listens $name', (listener) => {
  it('is asked without being told anything, and is a node that cannot be reached', async () => {
    await withImpostor(listener, async (target, heard) => {
      expect(await wire.probe(target, credentials, 1000)).toEqual({
        ordinal: 0,
        reachable: false,
        reason: 'what answers there does not show the certificate of the ring',
      })
      expectNothingTold(heard)
    })
  })

  it.each(['FormRing', 'ReplaceNode', 'HandOver'] as const)('is told nothing by %s either', async (step) => {
    await withImpostor(listener, async (target, heard) => {
      const call = { targets: [target], credentials, everReady: false, mayLose: false, ordinals: [0], notAfter: Date.now() + 200 }
      expect(await wire.act[step](call)).toMatchObject({ done: false, views: [{ reachable: false }] })
      expectNothingTold(heard)
    })
  })
})
