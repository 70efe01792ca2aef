import { type ClusterCreate, type ClusterSpec, specOf } from '../contract/cluster.ts'
import { type FieldError, refusal } from '../contract/errors.ts'
import type { Offer } from '../contract/offer.ts'
import { SIZE_NAMES, SIZES, type Size } from '../contract/sizes.ts'
import { enginesOnOffer } from '../engines/specs.ts'
import type { HostClass } from '../platform/env.ts'
import { hostClassFor } from './host-class.ts'
import type { ClusterRecord } from './record.ts'

/** The AZs in which the cell has hosts. */
export const azsOf = (hosts: HostClass[]): string[] => [...new Set(hosts.flatMap((host) => Object.keys(host.capacity_providers)))].sort()

/** MiB of the largest node that a host of this AZ can carry. */
const roomIn = (hosts: HostClass[], az: string): number =>
  Math.max(0, ...hosts.filter((host) => az in host.capacity_providers).map((host) => host.max_node_memory_mib))

const carried = (hosts: HostClass[], size: Size, azs: string[]): boolean => azs.every((az) => SIZES[size].memory_mib <= roomIn(hosts, az))

function unknownAzs(hosts: HostClass[], spec: ClusterSpec): FieldError[] {
  const known = azsOf(hosts)
  return spec.azs.flatMap((az, i) => {
    if (known.includes(az)) return []
    const detail = `azs names ${az}, which has no hosts; there are hosts in ${known.join(', ')}`
    return [{ in: 'body' as const, pointer: `/azs/${i}`, code: 'az_not_available' as const, detail }]
  })
}

function tooLarge(hosts: HostClass[], spec: ClusterSpec): FieldError[] {
  const azs = spec.azs.filter((az) => azsOf(hosts).includes(az))
  if (carried(hosts, spec.size, azs)) return []
  const available = SIZE_NAMES.filter((size) => carried(hosts, size, azs))
  const detail = `size ${spec.size} fits no host in ${azs.join(', ')}; these do: ${available.join(', ') || 'none'}`
  return [{ in: 'body', pointer: '/size', code: 'size_not_available', detail }]
}

/**
 * Makes a request whole and checks it against what the cell's hosts can carry.
 * @throws az_not_available, size_not_available
 */
export function admit(hosts: HostClass[], request: ClusterCreate): Pick<ClusterRecord, 'spec' | 'network'> {
  const spec = specOf(request, azsOf(hosts))
  const errors = [...unknownAzs(hosts, spec), ...tooLarge(hosts, spec)]
  const kind = hostClassFor(hosts, SIZES[spec.size].memory_mib)
  if (errors.length > 0 || !kind) throw refusal(errors)
  return { spec, network: kind.network }
}

/** What a create can choose from in this cell. */
export function offerOf(hosts: HostClass[]): Offer {
  const azs = azsOf(hosts)
  return {
    engines: enginesOnOffer().map((offer) => ({ ...offer, durabilities: ['cache', 'replicated'] })),
    sizes: SIZE_NAMES.filter((size) => carried(hosts, size, azs)).map((size) => ({ size, ...SIZES[size] })),
    azs,
  }
}
