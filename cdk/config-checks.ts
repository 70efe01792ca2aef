import ipaddr from 'ipaddr.js'
import type { NetworkKind } from '../shared/engines/engine.ts'
import type { ClientAccess } from './config-place.ts'

interface HostClass {
  name: string
  instanceType: string
  minPerAz: number
  maxPerAz: number
  network: NetworkKind
  taskInterfaces?: number | undefined
  spot?: { onDemandPerAz: number; otherInstanceTypes: string[] } | undefined
}
/** The choices for one cell that have to fit each other, each of them sound by itself. */
interface Choices {
  region: string
  availabilityZones: string[]
  vpcCidr: string
  egress: string
  imageRegistry?: string | undefined
  clientAccess: ClientAccess
  hostClasses: HostClass[]
  domain?: { certificateArn: string } | undefined
  alarms?: { topicArn?: string | undefined } | undefined
}
export interface Contradiction {
  path: (string | number)[]
  message: string
}

/** The places of those that stood there before. */
export const repeated = (values: string[]): number[] => values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []))

/** Whether two ranges of addresses have one in common. */
export function overlap(one: string, other: string): boolean {
  const [a, aBits] = ipaddr.IPv4.parseCIDR(one)
  const [b, bBits] = ipaddr.IPv4.parseCIDR(other)
  return a.match(b, Math.min(aBits, bBits))
}

function zones({ region, availabilityZones }: Choices): Contradiction[] {
  const foreign = availabilityZones.flatMap((zone, index) =>
    zone.startsWith(region)
      ? []
      : [{ path: ['availabilityZones', index], message: `${zone} is not in ${region}: name zones such as ${region}a` }],
  )
  const twice = repeated(availabilityZones).map((index) => ({
    path: ['availabilityZones', index],
    message: `${availabilityZones[index]} stands there twice: a ring's racks are three different zones`,
  }))
  return [...foreign, ...twice]
}

/** `c7g.2xlarge` is compute, Arm, 2xlarge: whatever has these in common carries as much and runs the same images. */
const kindOf = (instanceType: string): string => {
  const [, letters = instanceType, options = '', size = ''] = /^([a-z]+)\d+([a-z-]*)\.(\w+)$/.exec(instanceType) ?? []
  return `${letters} ${options.includes('g') ? 'Arm' : 'x86'} ${size}`
}

function hostClass(
  { instanceType, minPerAz, maxPerAz, spot, network, taskInterfaces }: HostClass,
  at: Contradiction['path'],
): Contradiction[] {
  const most = `a class never has more than maxPerAz (${maxPerAz}) hosts in a zone`
  const interfaces = `say how many interfaces of tasks an ${instanceType} carries with trunking (40 for a 2xlarge), or share the host's network`
  const { onDemandPerAz = 0, otherInstanceTypes = [] } = spot ?? {}
  const types = [instanceType, ...otherInstanceTypes]
  const others = otherInstanceTypes.flatMap((type, index) => {
    const path = [...at, 'spot', 'otherInstanceTypes', index]
    if (repeated(types).includes(index + 1)) return [{ path, message: `${type} stands there twice: name another` }]
    if (kindOf(type) === kindOf(instanceType)) return []
    return [
      {
        path,
        message: `${type} is not as large as ${instanceType} or not of its architecture: name types of the same letter, "g" and size`,
      },
    ]
  })
  return [
    ...(minPerAz > maxPerAz ? [{ path: [...at, 'minPerAz'], message: `${most}: write at most that` }] : []),
    ...(onDemandPerAz > maxPerAz ? [{ path: [...at, 'spot', 'onDemandPerAz'], message: `${most}: write at most that` }] : []),
    ...(network === 'own' && taskInterfaces === undefined ? [{ path: [...at, 'taskInterfaces'], message: interfaces }] : []),
    ...others,
  ]
}

function clients({ vpcCidr, clientAccess }: Choices): Contradiction[] {
  const inOwn = (cidrs: string[], at: Contradiction['path']): Contradiction[] =>
    cidrs.flatMap((cidr, index) =>
      overlap(cidr, vpcCidr)
        ? [
            {
              path: [...at, 'cidrs', index],
              message: `${cidr} overlaps the cell's own ${vpcCidr}, so nothing could be routed there: give the cell another /16`,
            },
          ]
        : [],
    )
  if (clientAccess.by === 'same-vpc') return []
  if (clientAccess.by === 'transit-gateway') return inOwn(clientAccess.cidrs, ['clientAccess'])
  const { peers } = clientAccess
  const claimed = peers.flatMap(({ cidrs }, peer) => cidrs.map((cidr) => ({ cidr, peer })))
  const both = claimed.flatMap(({ cidr, peer }, index) => {
    const earlier = claimed.slice(0, index).find((other) => overlap(cidr, other.cidr))
    return earlier
      ? [{ path: ['clientAccess', 'peers', peer, 'cidrs'], message: `${cidr} overlaps ${earlier.cidr}: a route leads to one VPC only` }]
      : []
  })
  return [...peers.flatMap(({ cidrs }, index) => inOwn(cidrs, ['clientAccess', 'peers', index])), ...both]
}

function elsewhere({ region, domain, alarms, egress, imageRegistry }: Choices): Contradiction[] {
  const inRegion = (arn: string | undefined, path: string[], what: string): Contradiction[] =>
    arn === undefined || arn.split(':')[3] === region ? [] : [{ path, message: `${what} has to be in the region of the cell, ${region}` }]
  const registryRegion = imageRegistry?.split('.')[3]
  const images =
    'hosts without a way out cannot reach Docker Hub: name the repositories in ECR that hold copies of the images (docs/deploy.md)'
  return [
    ...inRegion(domain?.certificateArn, ['domain', 'certificateArn'], 'the certificate of a domain'),
    ...inRegion(alarms?.topicArn, ['alarms', 'topicArn'], 'the topic of alarms'),
    ...(egress === 'endpoints' && imageRegistry === undefined ? [{ path: ['imageRegistry'], message: images }] : []),
    ...(egress === 'endpoints' && registryRegion !== undefined && registryRegion !== region
      ? [{ path: ['imageRegistry'], message: `hosts without a way out reach ECR in ${region} only: have the images copied there` }]
      : []),
  ]
}

/** What does not fit together in one cell. */
export function contradictions(cell: Choices): Contradiction[] {
  const names = cell.hostClasses.map(({ name }) => name)
  return [
    ...zones(cell),
    ...repeated(names).map((index) => ({
      path: ['hostClasses', index, 'name'],
      message: `two classes are called ${names[index]}: give each its own name`,
    })),
    ...cell.hostClasses.flatMap((each, index) => hostClass(each, ['hostClasses', index])),
    ...clients(cell),
    ...elsewhere(cell),
  ]
}
