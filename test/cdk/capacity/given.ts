import * as fc from 'fast-check'
import type { RingKind } from '../../../cdk/capacity/ring.ts'
import type { HostClassConfig } from '../../../cdk/config.ts'
import { config } from '../../../cdk/configured.ts'
import { SIZE_NAMES } from '../../../shared/contract/sizes.ts'

export const kinds: fc.Arbitrary<RingKind> = fc.record({
  shards: fc.integer({ min: 1, max: 7 }),
  replicas: fc.integer({ min: 0, max: 4 }),
  size: fc.constantFrom(...SIZE_NAMES.slice(0, 4)),
})

/** Hosts that take a node of 2 GiB at least. */
export const hostClasses: fc.Arbitrary<HostClassConfig> = fc.record({
  name: fc.constant('any'),
  instanceType: fc.constantFrom('r7g.large', 'm7g.xlarge', 'c7g.2xlarge'),
  memoryMib: fc.integer({ min: 3, max: 64 }).map((gib) => gib * 1024),
  vcpus: fc.integer({ min: 1, max: 16 }),
  network: fc.constantFrom<HostClassConfig['network']>('own', 'shared'),
  taskInterfaces: fc.integer({ min: 1, max: 60 }),
  dataDiskGib: fc.integer({ min: 8, max: 400 }),
  minPerAz: fc.integer({ min: 0, max: 3 }),
  maxPerAz: fc.constant(50),
})

/** The configuration, with one class of hosts. */
export const cellWith = (hostClass: HostClassConfig) => ({ ...config, hostClasses: [hostClass] })
