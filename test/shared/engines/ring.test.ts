import fc from 'fast-check'
import type { NodeView } from '../../../shared/engines/engine.ts'
import { members, next, slotsOf } from '../../../shared/engines/redis/ring.ts'
import { blankView, goodViews, placeOf } from './views.ts'

const topology = fc.record({ shards: fc.integer({ min: 3, max: 60 }), replicas: fc.integer({ min: 0, max: 3 }) })
const small = fc.record({ shards: fc.integer({ min: 3, max: 5 }), replicas: fc.integer({ min: 0, max: 2 }) })

describe('members', () => {
  it('are a primary and its replicas for every shard, primaries first, numbered without a gap', () => {
    fc.assert(
      fc.property(topology, ({ shards, replicas }) => {
        const of = members({ shards, replicas })
        expect(of.map((m) => m.ordinal)).toEqual(Array.from({ length: shards * (1 + replicas) }, (_, i) => i))
        expect(of.slice(0, shards).map((m) => [m.shard, m.role])).toEqual(Array.from({ length: shards }, (_, shard) => [shard, 'primary']))
        for (let shard = 0; shard < shards; shard += 1) {
          const group = of.filter((m) => m.shard === shard)
          expect(group.map((m) => m.role)).toEqual(['primary', ...Array.from({ length: replicas }, () => 'replica')])
        }
      }),
    )
  })

  it('share all slots, each slot once', () => {
    fc.assert(
      fc.property(topology, ({ shards }) => {
        const ranges = Array.from({ length: shards }, (_, shard) => slotsOf(shard, shards))
        expect(ranges[0]?.[0]).toBe(0)
        expect(ranges.at(-1)?.[1]).toBe(16_383)
        for (const [i, [low, high]] of ranges.entries()) {
          expect(high).toBeGreaterThanOrEqual(low)
          if (i > 0) expect(low).toBe((ranges[i - 1]?.[1] ?? 0) + 1)
        }
      }),
    )
  })
})

/** One thing that is wrong in one node's view, by number. */
const FLAWS: ((view: Extract<NodeView, { reachable: true }>, at: number) => void)[] = [
  (view, at) => view.members.splice(at % view.members.length, 1),
  (view) => view.members.push({ engine_node_id: 'stranger', place: placeOf('10.9.9.9'), role: 'primary', ranges: [], healthy: true }),
  (view, at) => Object.assign(view.members[at % view.members.length] ?? {}, { healthy: false }),
  (view, at) => Object.assign(view.members[at % view.members.length] ?? {}, { place: placeOf('10.9.9.9') }),
  (view) => Object.assign(view.members.find((m) => m.role === 'primary') ?? {}, { ranges: [[0, 16_383]] }),
  (view) => Object.assign(view.members.find((m) => m.ranges.length > 0) ?? {}, { ranges: [] }),
  (view, at) => Object.assign(view.members[at % view.members.length] ?? {}, { role: 'replica', primary_id: 'nobody', ranges: [] }),
  (view) => Object.assign(view, { serving: false }),
  (view) => Object.assign(view, { settled: false }),
  (view, at) => Object.assign(view, { engine_node_id: view.members[(at + 1) % view.members.length]?.engine_node_id }),
]

describe('next', () => {
  it('says formed when all views agree on a whole ring that serves', () => {
    fc.assert(
      fc.property(small, fc.boolean(), ({ shards, replicas }, everReady) => {
        const { of, views } = goodViews(shards, replicas)
        expect(next(of, views, everReady)).toEqual({ formed: true, steps: [], lost: [] })
      }),
    )
  })

  it('never says formed while a single node sees a single thing differently, or is silent, or has no view', () => {
    fc.assert(
      fc.property(
        small,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: FLAWS.length + 1 }),
        fc.boolean(),
        ({ shards, replicas }, node, at, flaw, everReady) => {
          const { of, views } = goodViews(shards, replicas)
          const ordinal = node % of.length
          const view = views[ordinal]
          if (!view) throw new Error('no such node')
          const shown: NodeView[] = [...views]
          if (FLAWS[flaw]) {
            // Its own place in the ring is what the last flaw changes; with two such flaws views could agree again.
            const before = JSON.stringify(view)
            FLAWS[flaw](view, at)
            fc.pre(JSON.stringify(view) !== before)
          } else if (flaw === FLAWS.length) shown[ordinal] = { ordinal, reachable: false, reason: 'ECONNREFUSED' }
          else shown.splice(ordinal, 1)
          const plan = next(of, shown, everReady)
          expect(plan.formed).toBe(false)
          expect(plan.waitingFor).toBeTruthy()
        },
      ),
    )
  })

  it('never says formed of two rings, however well each of them serves', () => {
    const { of, views } = goodViews(3, 1)
    const [first, second] = [views.slice(0, 3), views.slice(3)].map((half) => {
      const ids = new Set(half.map((view) => view.engine_node_id))
      return half.map((view) => ({ ...view, members: view.members.filter((m) => ids.has(m.engine_node_id)) }))
    })
    expect(next(of, [...(first ?? []), ...(second ?? [])], true).formed).toBe(false)
  })

  it('takes a shard with its roles exchanged for formed, but not members of two shards exchanged', () => {
    const { of, views } = goodViews(3, 1)
    const exchanged = (ids: Record<string, string>) =>
      views.map((view) => ({
        ...view,
        engine_node_id: ids[view.engine_node_id] ?? view.engine_node_id,
      }))
    expect(next(of, exchanged({ 'id-0': 'id-3', 'id-3': 'id-0' }), true).formed).toBe(true)
    expect(next(of, exchanged({ 'id-0': 'id-4', 'id-4': 'id-0' }), true).formed).toBe(false)
  })

  it('forms a new ring once every member runs, without waiting until they all answer', () => {
    const of = members({ shards: 3, replicas: 0 })
    expect(next(of, [blankView(0), blankView(1)], false)).toEqual({ formed: false, steps: [], lost: [], waitingFor: 'node 2 to run' })
    const views: NodeView[] = [blankView(0), blankView(1), { ordinal: 2, reachable: false, reason: 'ECONNREFUSED' }]
    expect(next(of, views, false).steps).toEqual([{ step: 'FormRing', ordinals: [0, 1, 2] }])
  })

  it('lets blank members into a ring that has served, and never forms it anew beside its data', () => {
    fc.assert(
      fc.property(small, fc.uniqueArray(fc.nat(), { minLength: 1 }), ({ shards, replicas }, which) => {
        const { of, views } = goodViews(shards, replicas)
        const blank = [...new Set(which.map((n) => n % of.length))].sort((a, b) => a - b)
        fc.pre(blank.length < of.length)
        const shown = views.map((view) => (blank.includes(view.ordinal) ? blankView(view.ordinal) : view))
        const plan = next(of, shown, true)
        expect(plan.steps).toEqual([{ step: 'ReplaceNode', ordinals: blank }])
        const gone = (shard: number): boolean => of.filter((m) => m.shard === shard).every((m) => blank.includes(m.ordinal))
        expect(plan.lost).toEqual(Array.from({ length: shards }, (_, shard) => shard).filter(gone))
      }),
    )
  })

  it('begins again, and says that all is lost, when every member of a ring that has served is blank', () => {
    const of = members({ shards: 3, replicas: 1 })
    const plan = next(
      of,
      of.map((m) => blankView(m.ordinal)),
      true,
    )
    expect(plan).toMatchObject({ formed: false, steps: [{ step: 'FormRing', ordinals: [0, 1, 2, 3, 4, 5] }], lost: [0, 1, 2] })
  })

  it('lets members meet again that came back at other addresses, while another is still away', () => {
    const { of, views } = goodViews(3, 1)
    const moved = views.map((view) => {
      const members = view.members.map((m) =>
        m.engine_node_id === view.engine_node_id ? { ...m, place: placeOf(`10.1.0.${view.ordinal}`) } : { ...m, healthy: false },
      )
      return { ...view, serving: false, members }
    })
    expect(next(of, moved.slice(0, 5), true).steps).toEqual([{ step: 'FormRing', ordinals: [0, 1, 2, 3, 4] }])
  })
})
