import fc from 'fast-check'
import type { Node, Order } from '../../../shared/engines/redis/node.ts'
import { form, introduce, reunite, settle } from '../../../shared/engines/redis/orders.ts'
import { viewOf } from '../../../shared/engines/redis/probe.ts'
import { flawOf, members } from '../../../shared/engines/redis/ring.ts'
import { RingModel } from './ring-model.ts'

/** What befalls a formation: how many rounds it gets, which of its orders are lost, whose meetings stay one-sided, who dies. */
const mishaps = fc.array(
  fc.record({
    rounds: fc.integer({ min: 0, max: 4 }),
    lost: fc.func(fc.boolean()),
    halfway: fc.func(fc.boolean()),
    dies: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  }),
  { maxLength: 4 },
)
const topology = fc.record({ shards: fc.integer({ min: 3, max: 4 }), replicas: fc.integer({ min: 0, max: 2 }) })

function suffer(
  model: RingModel,
  happened: { rounds: number; lost: (o: Order) => boolean; halfway: (o: Order) => boolean; dies?: number | undefined }[],
): void {
  for (const { rounds, lost, halfway, dies } of happened) {
    for (let i = 0; i < rounds; i += 1) for (const order of form(model.look())) if (!lost(order)) model.obey(order, halfway(order))
    if (dies !== undefined) model.replace(dies % model.nodes.length)
  }
}

function formUndisturbed(model: RingModel): void {
  for (let round = 0; round < 12; round += 1) for (const order of form(model.look())) model.obey(order, false)
}

const flaw = (model: RingModel, shards: number, replicas: number) =>
  flawOf(
    members({ shards, replicas }),
    model.look().map(({ state }) => viewOf(state)),
  )

describe('form', () => {
  it('ends in one ring from whatever was left half done', () => {
    fc.assert(
      fc.property(topology, mishaps, ({ shards, replicas }, happened) => {
        const model = new RingModel(shards, replicas)
        suffer(model, happened)
        formUndisturbed(model)
        expect(flaw(model, shards, replicas)).toBeUndefined()
        expect(form(model.look())).toEqual([])
      }),
    )
  })

  it('resets nothing once nobody dies any more', () => {
    fc.assert(
      fc.property(topology, mishaps, ({ shards, replicas }, happened) => {
        const model = new RingModel(shards, replicas)
        suffer(model, happened)
        formUndisturbed(model)
        const ids = model.nodes.map((node) => node.id)
        suffer(
          model,
          happened.map((each) => ({ ...each, dies: undefined })),
        )
        expect(model.nodes.map((node) => node.id)).toEqual(ids)
      }),
    )
  })

  it('gives every node an epoch of its own, and no replica a higher one than any primary', () => {
    const model = new RingModel(4, 2)
    for (const order of form(model.look())) model.obey(order, false)
    const epochs = model.nodes.map((node) => node.epoch)
    expect(new Set(epochs).size).toBe(12)
    expect(Math.min(...epochs.slice(0, 4))).toBeGreaterThan(Math.max(...epochs.slice(4)))
    expect(Math.min(...epochs)).toBeGreaterThan(0)
  })

  it('introduces nobody before every node has its epoch and its slots', () => {
    const model = new RingModel(3, 1)
    const first = form(model.look())
    expect(first.filter((order) => order.command.includes('MEET'))).toEqual([])
    for (const order of first.slice(1)) model.obey(order, false)
    expect(form(model.look())).toEqual(first.slice(0, 1))
  })
})

describe('a ring that has served', () => {
  /** Of node 0, to all others. */
  const introducing = (nodes: Node[]): Order[] =>
    introduce(
      nodes.slice(0, 1),
      nodes,
      [],
      nodes.map((node) => node.target),
      true,
    )
  const served = (shards: number, replicas: number): RingModel => {
    const model = new RingModel(shards, replicas)
    formUndisturbed(model)
    for (const order of settle(model.look())) model.obey(order, false)
    return model
  }

  it('is left alone while all is well', () => {
    expect(reunite(served(3, 1).look(), true)).toEqual([])
  })

  it('is never reset, nor given slots, by letting members meet again', () => {
    fc.assert(
      fc.property(topology, fc.uniqueArray(fc.nat({ max: 11 })), ({ shards, replicas }, dead) => {
        const model = served(shards, replicas)
        for (const ordinal of dead) model.replace(ordinal % model.nodes.length)
        const words = reunite(model.look(), true).flatMap((order) => order.command)
        expect(words.filter((word) => ['RESET', 'FLUSHALL', 'ADDSLOTSRANGE', 'REPLICATE'].includes(word))).toEqual([])
      }),
    )
  })

  it('forgets a dead primary only when nobody says any more that it owns slots or is followed', () => {
    const model = served(3, 1)
    const [dead] = model.nodes
    if (!dead) throw new Error('no node 0')
    const before = model.look()
    model.replace(0)
    // First it gets an epoch, and nothing else happens before.
    const [order, ...more] = introducing(model.look())
    if (!order) throw new Error('no order')
    expect([order.command[1], more]).toEqual(['SET-CONFIG-EPOCH', []])
    model.obey(order, false)
    // As the others still see it: the replica is not promoted yet.
    const seen = model.look().map((node, i) => (i === 0 ? node : { ...node, state: before[i]?.state ?? node.state }))
    const forgotten = (nodes: typeof seen) => introducing(nodes).filter((each) => each.command.includes(dead.id))
    expect(forgotten(seen)).toEqual([])
    const promoted = model.nodes[3]
    if (!promoted) throw new Error('no node 3')
    promoted.slots = dead.slots ?? [0, 0]
    delete promoted.primaryId
    expect(new Set(forgotten(model.look()).map((each) => each.command[1]))).toEqual(new Set(['FORGET']))
  })
})
