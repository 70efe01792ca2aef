import * as fc from 'fast-check'
import type { NodeView } from '../../../shared/engines/engine.ts'
import { leave } from '../../../shared/engines/redis/leave.ts'
import { members } from '../../../shared/engines/redis/ring.ts'

const rings = fc.record({ shards: fc.integer({ min: 3, max: 6 }), replicas: fc.integer({ min: 0, max: 3 }) })

/** A formed ring, in which any copy of a shard may be its primary. */
const formed = rings.chain(({ shards, replicas }) =>
  fc.record({
    of: fc.constant(members({ shards, replicas })),
    primaries: fc.array(fc.integer({ min: 0, max: replicas }), { minLength: shards, maxLength: shards }),
    leaving: fc.uniqueArray(fc.integer({ min: 0, max: shards * (1 + replicas) - 1 })),
  }),
)
type Formed = typeof formed extends fc.Arbitrary<infer T> ? T : never

const isPrimary = ({ primaries, of }: Formed, ordinal: number): boolean => {
  const shards = of.filter(({ role }) => role === 'primary').length
  return primaries[ordinal % shards] === Math.floor(ordinal / shards)
}

const viewsOf = (ring: Formed): NodeView[] => {
  const seen = ring.of.map(({ ordinal }) => ({
    ...{ engine_node_id: `id-${ordinal}`, place: `${ordinal}`, ranges: [], healthy: true },
    role: isPrimary(ring, ordinal) ? ('primary' as const) : ('replica' as const),
  }))
  return ring.of.map(({ ordinal }) => ({
    ...{ ordinal, reachable: true, engine_node_id: `id-${ordinal}`, serving: true, settled: true, members: seen },
  }))
}

const copies = ({ of }: Formed, ordinal: number): number[] => {
  const shard = of.find((member) => member.ordinal === ordinal)?.shard
  return of.filter((member) => member.shard === shard).map((member) => member.ordinal)
}

describe('members that leave their hosts', () => {
  it('are stopped as replicas only, and hand over only to who stays', () => {
    fc.assert(
      fc.property(formed, (ring) => {
        const { handOver, stop } = leave(ring.of, viewsOf(ring), ring.leaving)
        for (const ordinal of stop) expect(isPrimary(ring, ordinal)).toBe(false)
        for (const ordinal of handOver.filter((each) => !ring.leaving.includes(each))) {
          const heirs = copies(ring, ordinal).filter((other) => !handOver.includes(other))
          expect([isPrimary(ring, ordinal), heirs.some((other) => other < ring.primaries.length)]).toEqual([true, true])
        }
        expect(stop.every((ordinal) => ring.leaving.includes(ordinal))).toBe(true)
      }),
    )
  })

  it('stand as they were born when nobody leaves', () => {
    fc.assert(
      fc.property(formed, (ring) => {
        const { handOver, stop } = leave(ring.of, viewsOf(ring), [])
        const stands = ring.of.filter((member) => member.role === 'replica' && isPrimary(ring, member.ordinal))
        expect([handOver, stop]).toEqual([stands.map(({ ordinal }) => ordinal), []])
      }),
    )
  })

  it('all have a way out, but for the only copy of a shard', () => {
    fc.assert(
      fc.property(formed, (ring) => {
        const { handOver, stop } = leave(ring.of, viewsOf(ring), ring.leaving)
        for (const ordinal of ring.leaving) {
          const own = copies(ring, ordinal)
          const goes = [...handOver, ...stop].some((other) => own.includes(other))
          expect(goes).toBe(own.length > 1)
        }
      }),
    )
  })
})
