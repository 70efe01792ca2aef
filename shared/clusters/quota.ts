import * as z from 'zod'
import { AppError } from '../contract/errors.ts'
import { sizeOf } from '../contract/sizes.ts'
import type { Quota } from '../contract/tenant.ts'
import { engineOf } from '../engines/index.ts'
import { sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import type { ClusterRecord } from './record.ts'

/** `QUOTA`: what a tenant uses and what it may use. */
export const QuotaRecord = z.object({
  clusters_used: z.int(),
  clusters_limit: z.int(),
  nodes_used: z.int(),
  nodes_limit: z.int(),
  memory_mib_used: z.int(),
  memory_mib_limit: z.int(),
  webhooks_used: z.int(),
  webhooks_limit: z.int(),
})
export type QuotaRecord = z.infer<typeof QuotaRecord>

export const newQuota = (limits: Quota): QuotaRecord => ({
  clusters_used: 0,
  clusters_limit: limits.clusters,
  nodes_used: 0,
  nodes_limit: limits.nodes,
  memory_mib_used: 0,
  memory_mib_limit: limits.memory_mib,
  webhooks_used: 0,
  webhooks_limit: limits.webhooks,
})

/** What a cluster of that spec takes of its tenant's quota from the create until nothing of it is left. */
export function quotaOf(spec: ClusterRecord['spec']): { clusters: number; nodes: number; memory_mib: number } {
  const nodes = engineOf(spec).members(spec).length
  return { clusters: 1, nodes, memory_mib: nodes * sizeOf(spec.size).memory_mib }
}

const COUNTED = ['clusters', 'nodes', 'memory_mib'] as const
const NAMES = { clusters: 'clusters', nodes: 'nodes', memory_mib: 'MiB of memory' } as const

/**
 * Takes a cluster's share. DynamoDB's conditions cannot add, so the room is worked out from the quota as it was read and
 * holds only while the limits stay as they were.
 * @throws quota_exceeded, naming the first quota that has no room
 */
export function reserveQuota(quota: QuotaRecord, spec: ClusterRecord['spec']): Write {
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
    update: `SET ${COUNTED.map((name) => `${name}_used = ${name}_used + :${name}`).join(', ')}`,
    condition: COUNTED.map((name) => `${name}_used <= :${name}_room AND ${name}_limit = :${name}_limit`).join(' AND '),
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
    update: `SET ${COUNTED.map((name) => `${name}_used = ${name}_used - :${name}`).join(', ')}`,
    values: Object.fromEntries(COUNTED.map((name) => [`:${name}`, held[name]])),
  }
}
