import { createConnection } from 'node:net'
import { systemClock } from '../../../shared/platform/clock.ts'
import { describeEach, idsOf, type Wanted, withRing } from './kit.ts'
import type { RealNode } from './nodes.ts'

const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '8.1', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '8.0', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'shared' },
]
const DONE = { done: true, views: expect.anything() }

/** What a node says to someone without a password; undefined while it does not listen. */
const knock = ({ address, ports }: RealNode): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: address, port: ports.client }, () => socket.write('PING\r\nCLUSTER INFO\r\n'))
    socket.setEncoding('utf8').setTimeout(1000, () => socket.destroy())
    socket.on('data', (data) => {
      resolve(String(data))
      socket.destroy()
    })
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined))
  })

await describeEach(CASES, (given) => {
  it.concurrent('forms one ring of which every node has the same view, and has its service settings back', async () => {
    await withRing(given, async ({ act, next, as }) => {
      expect(await act('FormRing')).toEqual(DONE)
      expect(await next(false)).toEqual({ formed: true, steps: [], lost: [] })
      expect(await as('control', 0, 'CONFIG', 'GET', 'cluster-node-timeout')).toEqual(['cluster-node-timeout', '15000'])
      expect(await as('control', 0, 'DBSIZE')).toBe(0)
    })
  })

  it.concurrent('forms without replicas', async () => {
    await withRing({ ...given, spec: { ...given.spec, replicas: 0 } }, async ({ act, next }) => {
      expect(await act('FormRing')).toEqual(DONE)
      expect(await next(false)).toMatchObject({ formed: true })
    })
  })

  it.concurrent('answers nobody without a password, from the first moment until it serves', async () => {
    await withRing(given, async ({ ring, act }) => {
      let forming = true
      const heard: string[] = []
      const listener = (async () => {
        while (forming) {
          await systemClock.sleep(1)
          const answers = await Promise.all(ring.nodes.map((node) => knock(node)))
          heard.push(...answers.filter((answer) => answer !== undefined))
        }
      })()
      const result = await act('FormRing')
      forming = false
      await listener
      expect(result).toEqual(DONE)
      expect(heard.length).toBeGreaterThan(0)
      expect(heard.filter((answer) => !answer.startsWith('-NOAUTH'))).toEqual([])
    })
  })

  it.concurrent('is formed again without a change, and once by two formations at the same time', async () => {
    await withRing(given, async ({ act, next, views }) => {
      const both = await Promise.all([act('FormRing'), act('FormRing')])
      expect(both.filter((result) => result.done)).not.toEqual([])
      expect(await act('FormRing')).toEqual(DONE)
      const ids = idsOf(await views())
      expect(await act('FormRing')).toEqual(DONE)
      expect(idsOf(await views())).toEqual(ids)
      expect(await next(false)).toMatchObject({ formed: true })
    })
  })
})
