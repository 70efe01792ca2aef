import { engineOf, engines } from '../../../shared/engines/index.ts'
import { ENGINE_NAMES, EngineSpec, enginesOnOffer } from '../../../shared/engines/specs.ts'

const good = { engine: 'valkey', version: '9.1', shards: 3, replicas: 1 }
const refusal = (spec: object): string[] =>
  EngineSpec.safeParse({ ...good, ...spec }).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? []

describe('what is on offer', () => {
  it('can be had with its defaults, in every version, and has an image', () => {
    for (const offer of enginesOnOffer()) {
      expect(offer.versions).toContain(offer.default_version)
      for (const version of offer.versions) {
        const spec = EngineSpec.parse({ engine: offer.engine, version, shards: offer.shards.default, replicas: offer.replicas.default })
        expect(engineOf(spec).container(spec, { persistent: true, memoryMiB: 512, network: 'own' }).image).toMatch(
          new RegExp(`:${version}$`),
        )
      }
    }
    expect(Object.keys(engines).sort()).toEqual([...ENGINE_NAMES].sort())
  })

  it('is Valkey 9.1 when nothing else is said', () => {
    expect(enginesOnOffer()[0]).toMatchObject({ engine: 'valkey', default_version: '9.1' })
  })

  it('is refused in sentences beyond that', () => {
    expect(refusal({})).toEqual([])
    expect(refusal({ shards: 2 })).toEqual(['shards takes 3 to 60 shards'])
    expect(refusal({ shards: 61 })).toEqual(['shards takes 3 to 60 shards'])
    expect(refusal({ shards: 3.5 })).toEqual(['shards takes 3 to 60 shards'])
    expect(refusal({ replicas: 4 })).toEqual(['replicas takes 0 to 3 replicas per shard'])
    expect(refusal({ version: '7.4' })).toEqual(['version is not a version on offer: 8.0, 8.1, 9.1'])
    expect(refusal({ engine: 'redis' })).toEqual(['version is not a version on offer: 7.0, 7.2'])
  })
})
