import fc from 'fast-check'
import { ClusterCreate, ClusterSpec, specOf } from '../../../shared/contract/cluster.ts'
import { Id } from '../../../shared/contract/ids.ts'
import { SIZE_NAMES, SIZES, sizeOf } from '../../../shared/contract/sizes.ts'
import { enginesOnOffer } from '../../../shared/engines/specs.ts'
import { idMaker, idPattern } from '../../../shared/platform/ids.ts'

const AZS = ['a', 'b', 'c']

describe('a request for a cluster', () => {
  it.each(enginesOnOffer())('needs no more than engine and size: $engine', (offer) => {
    expect(specOf(ClusterCreate.parse({ engine: offer.engine, size: '1g' }), AZS)).toEqual({
      engine: offer.engine,
      version: offer.default_version,
      shards: offer.shards.default,
      replicas: offer.replicas.default,
      size: '1g',
      azs: AZS,
      durability: 'replicated',
    })
  })

  it('gets what it asks for, whatever is on offer', () => {
    const asked = fc.constantFrom(...enginesOnOffer()).chain((offer) =>
      fc.record({
        engine: fc.constant(offer.engine),
        version: fc.constantFrom(...offer.versions),
        shards: fc.integer(offer.shards),
        replicas: fc.integer(offer.replicas),
        size: fc.constantFrom(...SIZE_NAMES),
        azs: fc.subarray(AZS, { minLength: 1 }),
        durability: fc.constantFrom('cache', 'replicated'),
      }),
    )
    fc.assert(
      fc.property(asked, (request) => {
        const spec = specOf(ClusterCreate.parse({ ...request, name: 'n', labels: {} }), AZS)
        expect(spec).toEqual(request)
        expect(ClusterSpec.parse(spec)).toEqual(spec)
      }),
    )
  })
})

describe('sizes', () => {
  it('grow in memory, and never shrink in CPU', () => {
    const inOrder = SIZE_NAMES.map(sizeOf)
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a.memory_mib - b.memory_mib || a.cpu_units - b.cpu_units))
    expect(Object.keys(SIZES)).toEqual([...SIZE_NAMES])
    // Hosts have 8 GiB a vCPU: no host is full of one before the other.
    for (const { cpu_units, memory_mib } of inOrder) expect(cpu_units).toBe(memory_mib / 8)
  })
})

describe('ids', () => {
  it('have the form that they are made in', () => {
    const newId = idMaker(() => 0)
    for (const kind of ['tenant', 'key', 'cluster', 'node', 'operation', 'event', 'webhook'] as const) {
      expect(newId(kind)).toMatch(idPattern(kind))
      expect(Id(kind).safeParse(newId(kind)).success).toBe(true)
      for (const near of [newId(kind).slice(1), `${newId(kind)}0`, newId(kind).replace(/.$/, 'u')])
        expect(Id(kind).safeParse(near).success).toBe(false)
    }
    expect(Id('cluster').safeParse(newId('node')).success).toBe(false)
  })
})
