import { isoTime } from '../platform/clock.ts'
import { dueShard, sk } from '../platform/table.ts'
import type { Change, TenantTable } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { ClusterRecord } from './record.ts'

/**
 * How long after its start a step may still act: its function runs for up to 55 s, and what it called last in functions/ring
 * for 25 s more. No step starts with less left of the lease, so none acts beside the next holder's.
 */
export const STEP_ACTS_MS = 80_000
/** A holder that looks renews when less than this is left: a look takes up to 55 s. */
const RENEW_BELOW_MS = 140_000
/** What the cluster waits for when its holder crashes. */
export const LEASE_MS = 180_000

/** Whether the lease lasts for so long from now. */
export const maySpend = (cluster: Pick<ClusterRecord, 'lease_expires_at'>, ms: number, now: number): boolean =>
  Date.parse(cluster.lease_expires_at ?? isoTime(0)) - now >= ms

export async function readCluster(table: TenantTable, clusterId: string): Promise<ClusterRecord | undefined> {
  const item = await table.get(sk.cluster(clusterId))
  return item === undefined ? undefined : ClusterRecord.parse(item)
}

/** Applies a change if its condition holds; answers the cluster after it, or undefined. */
export async function changeCluster(table: TenantTable, clusterId: string, change: Change): Promise<ClusterRecord | undefined> {
  const item = await table.update(sk.cluster(clusterId), change).catch(unlessRefused)
  return item === false ? undefined : ClusterRecord.parse(item)
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
  if (mine && maySpend(cluster, RENEW_BELOW_MS, now)) return cluster
  const held = await changeCluster(table, clusterId, {
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
  if (held) return held
  // Refused, too, when it had gone through and its answer was lost: the SDK has asked again.
  const after = await readCluster(table, clusterId)
  return after?.lease_holder === holder ? after : undefined
}
