import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import { sizeOf } from '../contract/sizes.ts'
import { engineOf } from '../engines/index.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import { assertNotSuspended, NOT_SUSPENDED, Suspendable } from '../tenants/suspended.ts'
import type { ClusterRecord } from './record.ts'

/** The part of `QUOTA` that clusters count in: what a tenant uses and what it may use. */
export const QuotaRecord = Suspendable.extend({
  clusters_used: z.int(),
  clusters_limit: z.int(),
  nodes_used: z.int(),
  nodes_limit: z.int(),
  cpu_units_used: z.int(),
  cpu_units_limit: z.int(),
  memory_mib_used: z.int(),
  memory_mib_limit: z.int(),
})
export type QuotaRecord = z.infer<typeof QuotaRecord>

/** What a cluster of that spec takes of its tenant's quota from the create until nothing of it is left. */
export function quotaOf(spec: ClusterRecord['spec']): { clusters: number; nodes: number; cpu_units: number; memory_mib: number } {
  const nodes = engineOf(spec).members(spec).length
  const { cpu_units, memory_mib } = sizeOf(spec.size)
  return { clusters: 1, nodes, cpu_units: nodes * cpu_units, memory_mib: nodes * memory_mib }
}

const COUNTED = ['clusters', 'nodes', 'cpu_units', 'memory_mib'] as const

/** What such a cluster would take of each quota, and what would then be left. */
export const quotaAfter = (quota: QuotaRecord, spec: ClusterRecord['spec']) => {
  const wanted = quotaOf(spec)
  return COUNTED.map((name) => {
    const [used, limit, takes] = [quota[`${name}_used`], quota[`${name}_limit`], wanted[name]]
    return { quota: name, takes, left: limit - used - takes, limit }
  })
}

const NAMES = { clusters: 'clusters', nodes: 'nodes', cpu_units: 'CPU units', memory_mib: 'MiB of memory' } as const

const adding = `ADD ${COUNTED.map((name) => `${name}_used :${name}`).join(', ')}`

/**
 * Takes a cluster's share. DynamoDB's conditions cannot add, so the room is worked out from the quota as it was read and
 * holds only while the limits stay as they were.
 * @throws tenant_suspended, quota_exceeded, naming the first quota that has no room
 */
export function reserveQuota(quota: QuotaRecord, spec: ClusterRecord['spec']): Write {
  assertNotSuspended(quota)
  const wanted = quotaOf(spec)
  for (const name of COUNTED) {
    const [used, limit] = [quota[`${name}_used`], quota[`${name}_limit`]]
    if (used + wanted[name] > limit) {
      const detail = `${used} of ${limit} ${NAMES[name]} are in use and this cluster needs ${wanted[name]} more: make it smaller or delete another`
      throw new AppError('quota_exceeded', detail, { members: { quota: name, used, limit, requested: wanted[name] } })
    }
  }
  return {
    kind: 'update',
    sk: sk.quota,
    update: adding,
    condition: [NOT_SUSPENDED, ...COUNTED.map((name) => `${name}_used <= :${name}_room AND ${name}_limit = :${name}_limit`)].join(' AND '),
    values: Object.fromEntries(
      COUNTED.flatMap((name) => [
        [`:${name}`, wanted[name]],
        [`:${name}_room`, quota[`${name}_limit`] - wanted[name]],
        [`:${name}_limit`, quota[`${name}_limit`]],
      ]),
    ),
  }
}

/** Gives a cluster's share back: once, when nothing of it is left. */
export function releaseQuota(spec: ClusterRecord['spec']): Write {
  const held = quotaOf(spec)
  return {
    kind: 'update',
    sk: sk.quota,
    update: adding,
    values: Object.fromEntries(COUNTED.map((name) => [`:${name}`, -held[name]])),
  }
}
