import { clusterEvent } from '../clusters/event.ts'
import { releaseQuota } from '../clusters/quota.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { ending } from '../operations/ending.ts'
import type { OperationRecord } from '../operations/record.ts'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import type { ObserveDeps } from './deps.ts'
import type { ObserveEvent, Outcome } from './model.ts'
import { conditionsOf } from './status.ts'

export type SettleEvent = Extract<ObserveEvent, { action: 'settle' }>
type Conclusion = Exclude<Outcome, 'parked'>

/** Deleted clusters and what belongs to them may be read for this long. */
const KEEP_DELETED_SECONDS = 30 * 24 * 3600

/** Only who still holds the lease, and has seen the newest generation and wake, may settle. */
const guard = (event: SettleEvent) => ({
  condition: 'lease_holder = :me AND fence = :fence AND generation = :generation AND wake = :wake',
  values: { ':me': event.execution, ':fence': event.fence, ':generation': event.generation, ':wake': event.wake },
})

interface Part {
  set: string[]
  remove: string[]
  values: Record<string, unknown>
}

/** The lease given back, and when to look again at the latest. */
function release({ cluster_id, due_at }: SettleEvent): Part {
  const lease = ['lease_holder', 'lease_expires_at']
  if (!due_at) return { set: [], remove: [...lease, 'due_at', 'due_pk'], values: {} }
  return { set: ['due_at = :due', 'due_pk = :shard'], remove: lease, values: { ':due': due_at, ':shard': dueShard(cluster_id) } }
}

/** What is said of a cluster that needs nothing now; what failed on the way is forgotten with it. */
function findings(cluster: ClusterRecord, outcome: Conclusion, at: string): Part {
  const conditions = conditionsOf(cluster, { decision: 'settle', outcome, dueAt: null }, at)
  return { set: ['conditions = :conditions', 'failures = :none'], remove: [], values: { ':conditions': conditions, ':none': {} } }
}

/** What changes when a cluster reaches a state it was not in. */
function arrival(cluster: ClusterRecord, outcome: Conclusion, now: number): Part {
  const quota = 'quota_released_at = if_not_exists(quota_released_at, :at)'
  const moments = {
    ready: ['ready_at = if_not_exists(ready_at, :at)'],
    failed: [quota],
    deleted: [quota, 'deleted_at = :at', '#expires = :expires'],
  }[outcome]
  return {
    set: ['#state = :state', 'observed_generation = :generation', '#version = #version + :one', 'updated_at = :at', ...moments],
    remove: [],
    values: {
      ...{ ':state': outcome, ':at': isoTime(now), ':one': 1, ':version': cluster.version },
      ...(outcome === 'deleted' ? { ':expires': Math.floor(now / 1000) + KEEP_DELETED_SECONDS } : {}),
    },
  }
}

const NAMES = { '#state': 'state', '#version': 'version', '#expires': 'expires' }

function clusterUpdate(event: SettleEvent, parts: Part[], more = ''): Write {
  const { condition, values } = guard(event)
  const set = parts.flatMap((part) => part.set)
  const update = `${set.length > 0 ? `SET ${set.join(', ')} ` : ''}REMOVE ${parts.flatMap((part) => part.remove).join(', ')}`
  // DynamoDB refuses names that an expression does not use.
  const names = Object.entries(NAMES).filter(([name]) => `${update}${more}`.includes(name))
  return {
    kind: 'update',
    sk: sk.cluster(event.cluster_id),
    update,
    condition: `${condition}${more}`,
    ...(names.length > 0 ? { names: Object.fromEntries(names) } : {}),
    values: Object.assign({}, values, ...parts.map((part) => part.values)),
  }
}

/** How it ends; nothing when it has already, because its deadline had passed: it stays as it ended. */
function endOf(cluster: ClusterRecord, operation: OperationRecord | undefined, outcome: Conclusion, at: string) {
  if (operation?.state !== 'running') return undefined
  const error = outcome === 'failed' ? cluster.failure : undefined
  const end = error ? ({ state: 'failed', at, error } as const) : ({ state: 'succeeded', at } as const)
  const write: Write = { kind: 'update', sk: sk.operation(operation.id), ...ending(end) }
  return { write, ended: { ...operation, state: end.state, finished_at: at, ...(error ? { error } : {}) } satisfies OperationRecord }
}

interface Settled {
  writes: Write[]
  /** The operation that ends with them, as it will be. */
  ended?: OperationRecord
}

/** The transaction that ends a turn: state, operation, event and quota together, and the lease given back. */
export function settleWrites(
  deps: Pick<ObserveDeps, 'clock' | 'newId'>,
  settle: SettleEvent,
  cluster: ClusterRecord,
  operation: OperationRecord | undefined,
): Settled {
  const { outcome } = settle
  if (outcome === 'parked') return { writes: [clusterUpdate(settle, [release(settle)])] }
  const now = deps.clock.now()
  const at = isoTime(now)
  const found = [findings(cluster, outcome, at), release(settle)]
  if (cluster.state === outcome && cluster.observed_generation === cluster.generation) return { writes: [clusterUpdate(settle, found)] }
  const after: ClusterRecord = { ...cluster, state: outcome, version: cluster.version + 1 }
  const end = endOf(cluster, operation, outcome, at)
  const writes = [
    clusterUpdate(settle, [arrival(cluster, outcome, now), ...found], ' AND #version = :version'),
    ...(end ? [end.write] : []),
    clusterEvent(deps.newId, `cluster.${outcome}`, after, at),
    ...(outcome === 'ready' || cluster.quota_released_at ? [] : [releaseQuota(cluster.spec)]),
  ]
  return { writes, ...(end ? { ended: end.ended } : {}) }
}
