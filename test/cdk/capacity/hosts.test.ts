import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { demandOf } from '../../../cdk/capacity/demand.ts'
import { classFor, slotsOf } from '../../../cdk/capacity/hosts.ts'
import { needsOf, SMALLEST, zoneNeeds } from '../../../cdk/capacity/ring.ts'
import { config } from '../../../cdk/configured.ts'
import { cellWith, hostClasses, kinds } from './given.ts'
import { emptyHost, nodesOfRings, pack } from './packer.ts'

const rings = fc.integer({ min: 1, max: 60 })

describe('hosts', () => {
  it('take all nodes of all rings, and still do when any one of each AZ is lost: packed one by one', () => {
    fc.assert(
      fc.property(kinds, hostClasses, rings, (kind, hostClass, count) => {
        const cell = cellWith(hostClass)
        const needs = needsOf(kind)
        const { hostsByZone } = demandOf(cell, kind, count)
        const nodes = nodesOfRings(kind, cell, count)
        for (const [zone, az] of cell.availabilityZones.entries()) {
          const here = nodes.filter((node) => node.az === az)
          const hosts = Array.from({ length: hostsByZone[zone] ?? 0 }, () => emptyHost(hostClass))
          expect(pack(hosts, here, needs)).toEqual([])
          for (const lost of hosts) {
            const left = hosts.filter((host) => host !== lost).map((host) => ({ ...host, nodes: [...host.nodes] }))
            expect(pack(left, lost.nodes, needs)).toEqual([])
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('are as few as that allows where nodes may share them: with one fewer, a loss leaves some without a place', () => {
    fc.assert(
      fc.property(hostClasses, rings, (hostClass, count) => {
        const needs = needsOf(SMALLEST)
        const { hostsByZone } = demandOf(cellWith({ ...hostClass, minPerAz: 0 }), SMALLEST, count)
        const left = hostsByZone.map((hosts) => (hosts - 2) * slotsOf(hostClass, needs).nodes)
        for (const [zone, { nodes }] of zoneNeeds(SMALLEST, 3).entries()) expect(left[zone]).toBeLessThan(nodes * count)
      }),
    )
  })

  it('are dealt the nodes as the product deals them out', () => {
    fc.assert(
      fc.property(kinds, (kind) => {
        const nodes = nodesOfRings(kind, config, 1)
        const counted = config.availabilityZones.map((az) => {
          const here = nodes.filter((node) => node.az === az)
          return { nodes: here.length, apart: here.filter(({ apart }) => apart !== undefined).length }
        })
        expect(zoneNeeds(kind, config.availabilityZones.length)).toEqual(counted)
      }),
    )
  })

  it('are full of the smallest nodes when their memory is: everything else is there for as many', () => {
    const needs = needsOf(SMALLEST)
    expect(slotsOf(classFor(config, needs), needs).bound).toBe('memory')
  })

  it('are refused for a node that no class takes', () => {
    expect(() => classFor(config, { memoryMib: 1_000_000, cpuUnits: 1, diskMib: 1 })).toThrow('no host class takes a node of 1000000 MiB')
  })
})
