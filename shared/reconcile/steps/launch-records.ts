import type { NodeRecord } from '../../clusters/node-record.ts'
import { containerOf } from '../../clusters/ring-of.ts'
import { isoTime } from '../../platform/clock.ts'
import { pastConflicts } from '../../platform/conflict.ts'
import { batchesOf } from '../../platform/pages.ts'
import { sharedPorts } from '../../platform/shared-ports.ts'
import { sk } from '../../platform/table.ts'
import { TransactionRefused, type Write } from '../../platform/tenant-table.ts'
import type { Place } from '../placement.ts'
import { type StepContext, Superseded } from './context.ts'
import { runRequest } from './run-request.ts'

type Attempt = Pick<NodeRecord, 'id' | 'ordinal' | 'shard' | 'role' | 'attempt'>

export interface Prepared {
  record: NodeRecord
  /** What it replaces; undefined while it was never launched. */
  before: NodeRecord | undefined
}

/** Who is launched and with which exact request. */
export function prepare({ deps, cluster }: StepContext, attempt: Attempt, place: Place, before: NodeRecord | undefined): Prepared {
  const now = isoTime(deps.clock.now())
  const member = { ordinal: attempt.ordinal, shard: attempt.shard, role: attempt.role }
  const ports = containerOf(cluster).ports ?? sharedPorts(attempt.id, attempt.attempt)
  const request = runRequest(deps.cell, cluster, { nodeId: attempt.id, attempt: attempt.attempt, member, place, ports })
  const record: NodeRecord = {
    tenant_id: cluster.tenant_id,
    cluster_id: cluster.id,
    ...attempt,
    az: place.az,
    request: JSON.stringify(request),
    ports,
    created_at: before?.created_at ?? now,
    updated_at: now,
    ...(before?.engine_node_id ? { engine_node_id: before.engine_node_id } : {}),
  }
  return { record, before }
}

/** A transaction takes a hundred writes, of which one is a check. */
const WRITTEN_AT_ONCE = 99

/**
 * Written down before anything is asked of ECS, and only while this step is the one that acts: one that was held up and comes after
 * the cluster is gone would leave what nobody looks for.
 */
export async function writeDown({ deps, table, cluster }: StepContext, prepared: Prepared[]): Promise<void> {
  const current: Write = {
    ...{ kind: 'check', sk: sk.cluster(cluster.id), condition: 'fence = :fence AND generation = :generation' },
    values: { ':fence': cluster.fence, ':generation': cluster.generation },
  }
  for (const some of batchesOf(prepared, WRITTEN_AT_ONCE)) {
    const puts = some.map(({ record, before }): Write => {
      const when = before
        ? { condition: 'attempt = :before', values: { ':before': before.attempt } }
        : { condition: 'attribute_not_exists(pk)' }
      return { kind: 'put', sk: sk.node(cluster.id, record.ordinal), item: record, when }
    })
    await pastConflicts(deps.clock, () => table.transact([current, ...puts])).catch((error: unknown) => {
      if (error instanceof TransactionRefused && error.reasons[0] === 'ConditionalCheckFailed') throw new Superseded()
      throw error
    })
  }
}
