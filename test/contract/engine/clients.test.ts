import { describeEach, type Wanted, withRing } from './kit.ts'

const CASES: Wanted[] = [
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }, network: 'shared' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'own' },
  { spec: { engine: 'redis', version: '7.0', shards: 3, replicas: 1 }, network: 'shared' },
]

/** The ids that a client is told of when it asks a node where the slots are. */
function told(slots: unknown): Set<unknown> {
  const ranges: unknown[] = Array.isArray(slots) ? slots : []
  return new Set(ranges.flatMap((range) => (Array.isArray(range) ? range.slice(2).map((node) => node[2]) : [])))
}

await describeEach(CASES, (given) => {
  // A replica is hidden from clients until the asked node has heard how far it has copied.
  test('once it is formed, every node tells clients of every other', async () => {
    await withRing(given, async ({ act, as, ring }) => {
      expect(await act('FormRing')).toMatchObject({ done: true })
      const answers = await Promise.all(ring.nodes.map((node) => as('tenant', node.member.ordinal, 'CLUSTER', 'SLOTS')))
      expect(answers.map((slots) => told(slots).size)).toEqual(ring.nodes.map(() => 6))
    })
  })
})
