import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk } from '../platform/table.ts'
import type { Change, TenantTable } from '../platform/tenant-table.ts'
import { ClusterRecord } from './record.ts'

/** Longer than the longest step with its retries, so that no second execution acts while one still may. */
export const LEASE_MS = 180_000
/** A holder renews when less than this is left: a step may start with that much. */
const RENEW_BELOW_MS = 100_000

export async function readCluster(table: TenantTable, clusterId: string): Promise<ClusterRecord | undefined> {
  const item = await table.get(sk.cluster(clusterId))
  return item === undefined ? undefined : ClusterRecord.parse(item)
}

/** Applies a change if its condition holds; answers the cluster after it, or undefined. */
export async function changeCluster(table: TenantTable, clusterId: string, change: Change): Promise<ClusterRecord | undefined> {
  try {
    return ClusterRecord.parse(await table.update(sk.cluster(clusterId), change))
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

/**
 * Takes or renews the lease. A new holder gets the next fence; whoever holds it already keeps its own, so that a retried
 * call changes nothing. While it is held, the cluster is due when the lease runs out.
 * @returns the cluster as it is now, or undefined when another execution holds the lease or there is no such cluster.
 */
export async function holdLease(table: TenantTable, clusterId: string, holder: string, now: number): Promise<ClusterRecord | undefined> {
  const cluster = await readCluster(table, clusterId)
  if (!cluster) return undefined
  const mine = cluster.lease_holder === holder
  const left = Date.parse(cluster.lease_expires_at ?? isoTime(0)) - now
  if (mine && left > RENEW_BELOW_MS) return cluster
  return changeCluster(table, clusterId, {
    update: `SET lease_holder = :me, lease_expires_at = :until, due_at = :until, due_pk = :shard${mine ? '' : ', fence = fence + :one'}`,
    condition: `fence = :fence AND (${mine ? 'lease_holder = :me' : 'attribute_not_exists(lease_holder) OR lease_expires_at <= :now'})`,
    values: {
      ':me': holder,
      ':until': isoTime(now + LEASE_MS),
      ':shard': dueShard(clusterId),
      ':fence': cluster.fence,
      ...(mine ? {} : { ':one': 1, ':now': isoTime(now) }),
    },
  })
}
