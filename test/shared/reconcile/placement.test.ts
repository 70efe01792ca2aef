import fc from 'fast-check'
import type { Member } from '../../../shared/engines/engine.ts'
import { placeMembers } from '../../../shared/reconcile/placement.ts'

const ring = (shards: number, replicas: number): Member[] =>
  Array.from({ length: shards * (replicas + 1) }, (_, ordinal) => ({
    ordinal,
    shard: ordinal % shards,
    role: ordinal < shards ? 'primary' : 'replica',
  }))
const azNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `az-${i}`)
const shapes = fc.record({
  shards: fc.integer({ min: 3, max: 60 }),
  replicas: fc.integer({ min: 0, max: 3 }),
  azs: fc.integer({ min: 1, max: 4 }),
})

function placed(shape: { shards: number; replicas: number; azs: number }) {
  const members = ring(shape.shards, shape.replicas)
  const places = placeMembers('clu_x', members, azNames(shape.azs))
  return members.map((member) => {
    const place = places.get(member.ordinal)
    if (!place) throw new Error(`no place for ${member.ordinal}`)
    return { member, place }
  })
}

/** The worst that ECS may do under the constraints: a host for every distinct task, one for all the others of an AZ. */
const hostOf = ({ member, place }: ReturnType<typeof placed>[number]): string =>
  place.distinctHosts ? `${place.az}/${member.ordinal}` : `${place.az}/shared`

test('a six-node ring of three shards fits three hosts, one in each AZ', () => {
  const places = placed({ shards: 3, replicas: 1, azs: 3 })
  expect(new Set(places.map(hostOf)).size).toBe(3)
  expect(places.some(({ place }) => place.distinctHosts)).toBe(false)
})

test('no host ever carries two members of a shard', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const seen = placed(shape).map((p) => `${hostOf(p)}/${p.member.shard}`)
      expect(new Set(seen).size).toBe(seen.length)
    }),
  )
})

test('no host ever carries so many primaries that the others could not elect', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const primaries = placed(shape).filter(({ member }) => member.role === 'primary')
      const byHost = Map.groupBy(primaries, hostOf)
      for (const [, here] of byHost) expect(here.length === 1 || primaries.length - here.length > primaries.length / 2).toBe(true)
    }),
  )
})

test('none of three or more AZs has a majority of the primaries', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      fc.pre(shape.azs >= 3)
      const primaries = placed(shape).filter(({ member }) => member.role === 'primary')
      for (const [, here] of Map.groupBy(primaries, ({ place }) => place.az)) expect(here.length).toBeLessThanOrEqual(primaries.length / 2)
    }),
  )
})

test('members of a shard are in different AZs as far as there are enough', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      for (const [, members] of Map.groupBy(placed(shape), ({ member }) => member.shard)) {
        expect(new Set(members.map(({ place }) => place.az)).size).toBe(Math.min(members.length, shape.azs))
      }
    }),
  )
})
