import { engineOf } from '../../../shared/engines/index.ts'
import { describeEach, idsOf, type Subject, type Wanted, withRing } from './kit.ts'

const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'shared' },
]
const DONE = { done: true, views: expect.anything() }
const FORMED = { formed: true, steps: [], lost: [] }

/** Keys all over the slots, written as the tenant by way of whichever node owns them. */
const KEYS = Array.from({ length: 30 }, (_, n) => `key-${n}`)

async function onOwner(subject: Subject, ...command: string[]): Promise<unknown> {
  for (const node of subject.ring.nodes) {
    try {
      return await subject.as('tenant', node.member.ordinal, ...command)
    } catch (error) {
      if (!Error.isError(error) || !error.message.startsWith('MOVED')) throw error
    }
  }
  throw new Error(`no node owns the slot of ${command[1]}`)
}

const fill = (subject: Subject) => Promise.all(KEYS.map((key) => onOwner(subject, 'SET', key, `value of ${key}`)))
const read = (subject: Subject) => Promise.all(KEYS.map((key) => onOwner(subject, 'GET', key)))
const VALUES = KEYS.map((key) => `value of ${key}`)

const membersOf = ({ ring }: Subject) => ring.nodes.map(({ member }) => member)

/** Primaries are missed after a second instead of fifteen: what is tested is what happens then. */
const hasten = (subject: Subject) =>
  Promise.all(subject.ring.nodes.map((node) => subject.as('control', node.member.ordinal, 'CONFIG', 'SET', 'cluster-node-timeout', '1000')))

await describeEach(CASES, (given) => {
  it.concurrent('ends in one ring, with the same ids, however often and wherever its formation is cut off', async () => {
    await withRing(given, async ({ act, next, views }) => {
      for (const withinMs of [0, 10, 25, 40, 80, 120, 200, 350]) await act('FormRing', { withinMs })
      const before = idsOf(await views())
      expect(await act('FormRing')).toEqual(DONE)
      expect(idsOf(await views())).toEqual(before)
      expect(await next(false)).toEqual(FORMED)
    })
  })

  it.concurrent.each([0, 3])(
    'forms without the node %i that died and came back empty at another address before the ring ever served',
    async (ordinal) => {
      await withRing(given, async ({ ring, act, converge, next }) => {
        await act('FormRing', { withinMs: 700 })
        await ring.restart(ordinal, false)
        expect(await converge(false)).toEqual(FORMED)
        expect(await next(true)).toEqual(FORMED)
      })
    },
  )

  it.concurrent('is the same ring with the same data after all nodes came back at other addresses', async () => {
    await withRing(given, async (subject) => {
      const { ring, act, views, converge } = subject
      expect(await act('FormRing')).toEqual(DONE)
      await fill(subject)
      const before = idsOf(await views())
      for (const node of ring.nodes) node.process.kill('SIGTERM')
      // What was written in the last second or two may not be on disk yet, where that is slow: an end that is not waited for may lose it.
      await Promise.all(ring.nodes.map((node) => node.exited))
      await Promise.all(ring.nodes.map((node) => ring.restart(node.member.ordinal, true)))
      expect(await converge(true)).toEqual(FORMED)
      expect(idsOf(await views())).toEqual(before)
      expect(await read(subject)).toEqual(VALUES)
    })
  })

  it.concurrent('lets an empty successor in for a primary that was killed, and loses nothing that was written', async () => {
    await withRing(given, async (subject) => {
      const { ring, act, converge } = subject
      expect(await act('FormRing')).toEqual(DONE)
      await fill(subject)
      await Promise.all(KEYS.map((key) => onOwner(subject, 'GET', key)))
      await hasten(subject)
      await ring.restart(1, false)
      expect(await converge(true)).toEqual(FORMED)
      expect(await read(subject)).toEqual(VALUES)
    })
  })

  it.concurrent('hands shards over to their replicas while they are written to, and loses nothing that was taken', async () => {
    await withRing(given, async (subject) => {
      const { act, next, views } = subject
      expect(await act('FormRing')).toEqual(DONE)
      let written = 0
      let over = false
      const writing = (async () => {
        for (; !over; written += 1) await onOwner(subject, 'SET', `n:${written}`, String(written))
      })()
      try {
        expect(await act('HandOver', { everReady: true, ordinals: [0, 2], withinMs: 40_000 })).toEqual(DONE)
      } finally {
        over = true
        await writing
      }
      const primaries = (await views()).flatMap((view) => {
        if (!view.reachable) return []
        const self = view.members.find((m) => m.engine_node_id === view.engine_node_id)
        return self?.role === 'primary' ? [view.ordinal] : []
      })
      expect(primaries).toEqual([1, 3, 5])
      expect(await next(true)).toEqual(FORMED)
      expect(written).toBeGreaterThan(0)
      for (let n = 0; n < written; n += 1) expect(await onOwner(subject, 'GET', `n:${n}`)).toBe(String(n))
      expect(await act('HandOver', { everReady: true, ordinals: [0, 2], withinMs: 40_000 })).toEqual(DONE)
    })
  })

  it.concurrent('has primaries though too few are left to elect them, who give their place back, and loses nothing', async () => {
    await withRing(given, async (subject) => {
      const { ring, act, converge, views, next } = subject
      expect(await act('FormRing')).toEqual(DONE)
      await fill(subject)
      await Promise.all(KEYS.map((key) => onOwner(subject, 'GET', key)))
      await Promise.all([0, 1].map((ordinal) => ring.restart(ordinal, false)))
      expect(await converge(true)).toEqual(FORMED)
      expect(await read(subject)).toEqual(VALUES)
      const { handOver } = engineOf(given.spec).leave(membersOf(subject), await views(), [])
      expect(handOver).toEqual([3, 4])
      expect(await act('HandOver', { everReady: true, ordinals: handOver, withinMs: 40_000 })).toEqual(DONE)
      expect(engineOf(given.spec).leave(membersOf(subject), await views(), [])).toEqual({ handOver: [], stop: [] })
      expect([await next(true), await read(subject)]).toEqual([FORMED, VALUES])
    })
  })

  it.concurrent('serves by its replicas while too many primaries are gone and nobody is there in their place', async () => {
    await withRing(given, async (subject) => {
      const { ring, act, as } = subject
      const role = async (ordinal: number) => [await as('control', ordinal, 'ROLE')].flat()[0]
      expect(await act('FormRing')).toEqual(DONE)
      await fill(subject)
      await Promise.all(KEYS.map((key) => onOwner(subject, 'GET', key)))
      await Promise.all([0, 1].map((ordinal) => ring.kill(ordinal)))
      // Who is silent and not known to be dead is left its shard.
      expect(await act('TakeOver', { everReady: true, without: [0], withinMs: 2_000 })).toEqual(DONE)
      expect(await role(3)).toBe('slave')
      expect(await act('TakeOver', { everReady: true, without: [0, 1] })).toEqual(DONE)
      expect([await role(3), await role(4)]).toEqual(['master', 'master'])
      const serving = async (): Promise<unknown> => as('tenant', 3, 'CLUSTER', 'INFO')
      while (!String(await serving()).includes('cluster_state:ok')) await new Promise((resolve) => setTimeout(resolve, 50))
      const values = await Promise.all(
        KEYS.map((key) => onOwner({ ...subject, ring: { ...ring, nodes: ring.nodes.slice(2) } }, 'GET', key)),
      )
      expect(values).toEqual(VALUES)
    })
  })

  it.concurrent('gives the slots of a shard to nobody who is empty while its data may come back', async () => {
    await withRing(given, async (subject) => {
      const { ring, act, next, as } = subject
      expect(await act('FormRing')).toEqual(DONE)
      await fill(subject)
      // Its replica is new, and the primary does not run now.
      await ring.restart(4, false)
      while ((await next(true)).steps.length === 0) await subject.views()
      const how = { everReady: true, mayLose: false, without: [1], ordinals: [4], withinMs: 5_000 }
      expect(await act('ReplaceNode', how)).toMatchObject({ done: false })
      expect(await as('tenant', 1, 'DBSIZE')).toBeGreaterThan(0)
      expect(await subject.converge(true)).toEqual(FORMED)
      expect(await read(subject)).toEqual(VALUES)
    })
  })

  it.concurrent('says which shard is lost, and serves again with it empty, when all its copies are gone', async () => {
    await withRing({ ...given, spec: { ...given.spec, replicas: 0 } }, async ({ ring, act, next, converge, as }) => {
      expect(await act('FormRing')).toEqual(DONE)
      await ring.restart(2, false)
      let plan = await next(true)
      // Until it listens it is silent, not empty.
      while (plan.steps.length === 0) plan = await next(true)
      expect(plan).toMatchObject({ steps: [{ step: 'ReplaceNode', ordinals: [2] }], lost: [2] })
      expect(await converge(true)).toEqual(FORMED)
      expect(await as('tenant', 2, 'DBSIZE')).toBe(0)
    })
  })
})
