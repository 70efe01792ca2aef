import type { EngineSpec } from '../../../shared/engines/specs.ts'
import { available, withRing } from './kit.ts'

const SPECS: EngineSpec[] = [
  { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 },
  { engine: 'redis', version: '7.0', shards: 3, replicas: 1 },
]

/** The ids that a client is told of when it asks a node where the slots are. */
function told(slots: unknown): Set<unknown> {
  const ranges: unknown[] = Array.isArray(slots) ? slots : []
  return new Set(ranges.flatMap((range) => (Array.isArray(range) ? range.slice(2).map((node) => node[2]) : [])))
}

// A replica is hidden from clients until the asked node has heard how far it has copied.
test.each(await available(SPECS))('$title: once it is formed, every node tells clients of every other', async ({ spec, path }) => {
  await withRing(spec, path, async ({ act, as, ring }) => {
    expect(await act('FormRing')).toMatchObject({ done: true })
    const answers = await Promise.all(ring.nodes.map((node) => as('tenant', node.member.ordinal, 'CLUSTER', 'SLOTS')))
    expect(answers.map((slots) => told(slots).size)).toEqual(ring.nodes.map(() => 6))
  })
})
