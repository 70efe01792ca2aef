import { readCluster } from '../clusters/lease.ts'
import { quotaOf } from '../clusters/quota.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk } from '../platform/table.ts'
import { type TenantTable, TransactionRefused, type Write } from '../platform/tenant-table.ts'
import type { ObserveDeps } from './deps.ts'
import type { ObserveEvent, Outcome } from './model.ts'

type SettleEvent = Extract<ObserveEvent, { action: 'settle' }>

/** Deleted clusters and what belongs to them may be read for this long. */
const KEEP_DELETED_SECONDS = 30 * 24 * 3600

/** Only who still holds the lease, and has seen the newest generation and wake, may settle. */
const guard = (event: SettleEvent) => ({
  condition: 'lease_holder = :me AND fence = :fence AND generation = :generation AND wake = :wake',
  values: { ':me': event.execution, ':fence': event.fence, ':generation': event.generation, ':wake': event.wake },
})

function release(event: SettleEvent): Write {
  const { condition, values } = guard(event)
  const due = event.due_at ? { ':due': event.due_at, ':shard': dueShard(event.cluster_id) } : {}
  return {
    kind: 'update',
    sk: sk.cluster(event.cluster_id),
    update: event.due_at
      ? 'SET due_at = :due, due_pk = :shard REMOVE lease_holder, lease_expires_at'
      : 'REMOVE lease_holder, lease_expires_at, due_at, due_pk',
    condition,
    values: { ...values, ...due },
  }
}

/** What changes when a cluster reaches a state it can stay in. */
function conclude(event: SettleEvent, cluster: ClusterRecord, state: ClusterRecord['state'], now: number): Write {
  const { condition, values } = guard(event)
  const at = isoTime(now)
  const conditions = cluster.conditions.map((c) => (c.type === 'Ready' ? { ...c, status: state === 'ready' } : c))
  const extra = {
    ready: { set: ', ready_at = if_not_exists(ready_at, :at)', values: {} },
    failed: { set: ', quota_released_at = if_not_exists(quota_released_at, :at)', values: {} },
    deleted: {
      set: ', quota_released_at = if_not_exists(quota_released_at, :at), deleted_at = :at, #expires = :expires',
      values: { ':expires': Math.floor(now / 1000) + KEEP_DELETED_SECONDS },
    },
  }[state === 'ready' || state === 'failed' ? state : 'deleted']
  return {
    kind: 'update',
    sk: sk.cluster(cluster.id),
    update: `SET #state = :state, observed_generation = :generation, #version = #version + :one, updated_at = :at, conditions = :conditions${extra.set} REMOVE lease_holder, lease_expires_at, due_at, due_pk`,
    condition: `${condition} AND #version = :version`,
    names: { '#state': 'state', '#version': 'version', ...(state === 'deleted' ? { '#expires': 'expires' } : {}) },
    values: { ...values, ...extra.values, ':state': state, ':at': at, ':one': 1, ':version': cluster.version, ':conditions': conditions },
  }
}

function operationEnd(cluster: ClusterRecord, outcome: Outcome, at: string): Write[] {
  if (!cluster.operation_id) return []
  const failed = outcome === 'failed' && cluster.failure !== undefined
  return [
    {
      kind: 'update',
      sk: sk.operation(cluster.operation_id),
      update: `SET #state = :state, finished_at = if_not_exists(finished_at, :at)${failed ? ', #error = :error' : ''} REMOVE waiting_for`,
      names: { '#state': 'state', ...(failed ? { '#error': 'error' } : {}) },
      values: { ':state': failed ? 'failed' : 'succeeded', ':at': at, ...(failed ? { ':error': cluster.failure } : {}) },
    },
  ]
}

function event(deps: Pick<ObserveDeps, 'newId'>, cluster: ClusterRecord, outcome: Outcome, at: string): Write {
  const sequence = cluster.version + 1
  const data = {
    cluster_id: cluster.id,
    name: cluster.name,
    state: outcome,
    ...(cluster.operation_id ? { operation_id: cluster.operation_id } : {}),
    ...(outcome === 'failed' && cluster.failure ? { error: cluster.failure } : {}),
  }
  const item = {
    id: deps.newId('event'),
    type: `cluster.${outcome}`,
    tenant_id: cluster.tenant_id,
    cluster_id: cluster.id,
    sequence,
    created_at: at,
    data,
  }
  return { kind: 'put', sk: sk.event(cluster.id, sequence), item, when: { condition: 'attribute_not_exists(pk)' } }
}

function quotaBack(cluster: ClusterRecord, outcome: Outcome): Write[] {
  if (outcome === 'ready' || cluster.quota_released_at) return []
  const held = quotaOf(cluster.spec)
  return [
    {
      kind: 'update',
      sk: sk.quota,
      update:
        'SET clusters_used = clusters_used - :clusters, nodes_used = nodes_used - :nodes, memory_mib_used = memory_mib_used - :memory',
      values: { ':clusters': held.clusters, ':nodes': held.nodes, ':memory': held.memory_mib },
    },
  ]
}

function writes(deps: Pick<ObserveDeps, 'clock' | 'newId'>, settle: SettleEvent, cluster: ClusterRecord): Write[] {
  const { outcome } = settle
  const now = deps.clock.now()
  const concluded = cluster.state === outcome && cluster.observed_generation === cluster.generation
  if (outcome === 'parked' || concluded) return [release(settle)]
  const at = isoTime(now)
  return [
    conclude(settle, cluster, outcome, now),
    ...operationEnd(cluster, outcome, at),
    event(deps, cluster, outcome, at),
    ...quotaBack(cluster, outcome),
  ]
}

/**
 * Ends a turn in one transaction: state, operation, event and quota together, and the lease given back.
 * @returns false when something happened since the look that decided it: look again.
 */
export async function settle(deps: Pick<ObserveDeps, 'clock' | 'newId'>, table: TenantTable, event: SettleEvent): Promise<boolean> {
  const cluster = await readCluster(table, event.cluster_id)
  if (!cluster) return true
  // A retried call whose first answer was lost: the lease is given back already.
  if (cluster.lease_holder !== event.execution) return true
  try {
    await table.transact(writes(deps, event, cluster))
    return true
  } catch (error) {
    if (error instanceof TransactionRefused) return false
    throw error
  }
}
