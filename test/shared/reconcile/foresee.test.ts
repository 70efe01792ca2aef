import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { specOf } from '../../../shared/contract/cluster.ts'
import type { HostClass } from '../../../shared/platform/env.ts'
import type { Host } from '../../../shared/platform/hosts.ts'
import { foresee } from '../../../shared/reconcile/foresee.ts'

const AZS = ['a', 'b', 'c']
const AT = '2030-01-01T00:00:00.000Z'
const classes: HostClass[] = [
  { name: 'small', max_node_memory_mib: 8_000, network: 'own', capacity_providers: { a: 'small-a', b: 'small-b', c: 'small-c' } },
  { name: 'large', max_node_memory_mib: 60_000, network: 'own', capacity_providers: { a: 'large-a', b: 'large-b', c: 'large-c' } },
]
const limits = (max_per_az: number) => ({
  small: { max_per_az, cpu_units: 4096, memory_mib: 8_000, interfaces: 20 },
  large: { max_per_az, cpu_units: 8192, memory_mib: 60_000, interfaces: 40 },
})
const host = (name: string, az: string, change: Partial<Host> = {}): Host => ({
  arn: `arn:${name}`,
  capacityProvider: `small-${az}`,
  takesTasks: true,
  free: { cpu_units: 4096, memory_mib: 8_000 },
  tasks: 0,
  ...change,
})
const ring = (change: object = {}) => specOf({ engine: 'valkey', size: '1g', ...change }, AZS)
const threeHosts = AZS.map((az) => host(az, az))

describe('where a cluster would go', () => {
  it('is on the hosts there are, by the names its tenant knows them', () => {
    const found = foresee('ten_1', ring(), { classes, limits: limits(1), hosts: threeHosts }, AT)
    expect(found).toMatchObject({ possible: true, as_of: AT, missing: [] })
    expect(found.nodes.map(({ ordinal, shard, role, az }) => [ordinal, shard, role, az])).toEqual([
      [0, 0, 'primary', 'a'],
      [1, 1, 'primary', 'b'],
      [2, 2, 'primary', 'c'],
      [3, 0, 'replica', 'b'],
      [4, 1, 'replica', 'c'],
      [5, 2, 'replica', 'a'],
    ])
    expect(found.nodes.every(({ host: name }) => /^hst_[0-9a-f]{16}$/.test(name ?? ''))).toBe(true)
    expect(new Set(found.nodes.map(({ host: name }) => name)).size).toBe(3)
    expect(JSON.stringify(found)).not.toContain('arn:')
    const other = foresee('ten_2', ring(), { classes, limits: limits(1), hosts: threeHosts }, AT)
    expect(other.nodes.map(({ host: name }) => name)).not.toEqual(found.nodes.map(({ host: name }) => name))
  })

  it('counts hosts that may be started', () => {
    const found = foresee('ten_1', ring(), { classes, limits: limits(1), hosts: [] }, AT)
    expect(found.possible).toBe(true)
    expect(found.nodes.map(({ host: name }) => name)).toEqual(['new-1', 'new-2', 'new-3', 'new-2', 'new-3', 'new-1'])
  })

  it('says which zone lacks what for which nodes when no more may be started', () => {
    const full = host('c', 'c', { free: { cpu_units: 200, memory_mib: 8_000 } })
    const found = foresee('ten_1', ring(), { classes, limits: limits(1), hosts: [...threeHosts.slice(0, 2), full] }, AT)
    expect(found.possible).toBe(false)
    expect(found.missing).toEqual([
      {
        az: 'c',
        ordinals: [4],
        detail: 'There is no room in c for node 4 (1024 MiB and 0.125 vCPU each), and no more hosts may be started there',
      },
    ])
    expect(found.nodes.find(({ ordinal }) => ordinal === 4)).toEqual({ ordinal: 4, shard: 1, role: 'replica', az: 'c' })
  })

  it('does not go where ECS places nothing: a host that drains, whose agent is silent or whose interfaces are all taken', () => {
    const shut = [host('a', 'a', { takesTasks: false }), host('b', 'b', { tasks: 20 }), host('c', 'c')]
    const found = foresee('ten_1', ring(), { classes, limits: limits(1), hosts: shut }, AT)
    expect(found.missing.map(({ az }) => az)).toEqual(['a', 'b'])
  })

  it('keeps apart what may not be lost together', () => {
    const spec = ring({ azs: ['a'] })
    const two = [host('1', 'a'), host('2', 'a')]
    expect(foresee('ten_1', spec, { classes, limits: limits(2), hosts: two }, AT)).toMatchObject({ possible: false })
    const found = foresee('ten_1', spec, { classes, limits: limits(9), hosts: two }, AT)
    expect(found.possible).toBe(true)
    expect(new Set(found.nodes.map(({ host: name }) => name)).size).toBe(6)
  })

  it('takes the class of hosts that the launch takes', () => {
    const found = foresee('ten_1', ring({ size: '16g' }), { classes, limits: limits(1), hosts: threeHosts }, AT)
    expect(found.nodes.map(({ host: name }) => name)).toEqual(['new-1', 'new-2', 'new-3', 'new-2', 'new-3', 'new-1'])
  })

  it('never puts more on a host than it has free', () => {
    const some = fc.record({
      az: fc.constantFrom(...AZS),
      cpu_units: fc.integer({ min: 0, max: 4096 }),
      memory_mib: fc.integer({ min: 0, max: 8_000 }),
      tasks: fc.integer({ min: 0, max: 25 }),
    })
    const topology = fc.record({ shards: fc.integer({ min: 3, max: 12 }), replicas: fc.integer({ min: 0, max: 3 }) })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 9 }), topology, fc.integer({ min: 0, max: 4 }), (given, shape, most) => {
        const hosts = given.map(({ az, tasks, ...free }, i) => host(String(i), az, { free, tasks }))
        const found = foresee('ten_1', ring(shape), { classes, limits: limits(most), hosts }, AT)
        const used = Map.groupBy(found.nodes, (node) => node.host)
        for (const [i, { free, tasks }] of hosts.entries()) {
          const [name] = foresee('ten_1', ring(), { classes, limits: limits(0), hosts: [host(String(i), 'a')] }, AT).nodes.flatMap(
            (n) => n.host ?? [],
          )
          const count = used.get(name)?.length ?? 0
          expect(count * 128 <= free.cpu_units && count * 1024 <= free.memory_mib && count + tasks <= Math.max(20, tasks)).toBe(true)
        }
        expect(found.possible).toBe(found.nodes.every((node) => node.host !== undefined))
        expect(found.missing.flatMap(({ ordinals }) => ordinals).sort()).toEqual(
          (used.get(undefined) ?? []).map(({ ordinal }) => ordinal).sort(),
        )
      }),
      { numRuns: 200 },
    )
  })
})
