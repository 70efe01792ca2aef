import { connect } from 'node:tls'
import { expect, test } from '@jest/globals'
import { endpointOf } from '../../../shared/engines/redis/endpoint.ts'
import { connectResp } from '../../../shared/engines/resp.ts'
import { selfSigned } from '../../../shared/platform/certificate.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { describeEach, type Wanted, withRing } from './kit.ts'
import { asFiles, startRing } from './nodes.ts'

const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 0 }, network: 'shared' },
  { spec: { engine: 'valkey', version: '8.0', shards: 3, replicas: 0 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 0 }, network: 'shared' },
]

/** Whether a node lets whoever has that identity finish the handshake. Of TLS 1.2, in which it has looked at the certificate by then. */
const letsIn = (host: string, port: number, identity: ReturnType<typeof asFiles> | undefined): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, ...identity, rejectUnauthorized: false, maxVersion: 'TLSv1.2' }, () => {
      resolve(true)
      socket.destroy()
    })
    socket.setTimeout(3000, () => socket.destroy())
    socket.on('error', () => resolve(false)).on('close', () => resolve(false))
  })

await describeEach(CASES, (given) => {
  test('who does not carry the certificate of the ring gets no word in', async () => {
    await withRing(given, async ({ ring, act, credentials: { tls } }) => {
      expect(await act('FormRing')).toMatchObject({ done: true })
      const [node] = ring.nodes
      if (!node || !tls) throw new Error('no node with a certificate')
      const { address, ports } = node
      const another = asFiles(selfSigned('ring', Date.now()))
      for (const port of [ports.peers, ports.bus]) {
        for (const identity of [undefined, another]) expect([port, await letsIn(address, port, identity)]).toEqual([port, false])
        expect([port, await letsIn(address, port, asFiles(tls))]).toEqual([port, true])
      }
    })
  })

  test('a node of another ring that is told to meet one of these does not', async () => {
    await withRing(given, async ({ ring, act, as, credentials, next }) => {
      expect(await act('FormRing')).toMatchObject({ done: true })
      const [node] = ring.nodes
      if (!node) throw new Error('no node')
      const strangers = await startRing(given.spec, given.path, credentials, { network: 'shared' })
      try {
        const [stranger] = strangers.targets()
        if (!stranger) throw new Error('no stranger')
        const endpoint = endpointOf(stranger, strangers.credentials, 'control')
        let control = await connectResp(endpoint, 2000).catch(() => undefined)
        for (const end = Date.now() + 10_000; !control && Date.now() < end; ) {
          await systemClock.sleep(20)
          control = await connectResp(endpoint, 2000).catch(() => undefined)
        }
        if (!control) throw new Error('the stranger does not answer')
        await control.call('CLUSTER', 'MEET', node.address, String(node.ports.peers), String(node.ports.bus))
        // Longer than a handshake of the ring's own members ever took.
        await systemClock.sleep(3000)
        expect(String(await control.call('CLUSTER', 'INFO'))).not.toContain('cluster_known_nodes:4')
        control.close()
        expect(String(await as('control', 0, 'CLUSTER', 'INFO'))).toContain('cluster_known_nodes:3\r\n')
        expect(await next(true)).toMatchObject({ formed: true })
      } finally {
        await strangers.stop()
      }
    })
  })
})
