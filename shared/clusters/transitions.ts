import type { ClusterCreate } from '../contract/cluster.ts'
import { ending } from '../operations/ending.ts'
import type { OperationRecord } from '../operations/record.ts'
import { isoTime } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { dueShard, sk, type TenantId } from '../platform/table.ts'
import type { Write } from '../platform/tenant-table.ts'
import { clusterEvent } from './event.ts'
import { type Expects, unchangedSince } from './precondition.ts'
import type { ClusterRecord } from './record.ts'

/** The sweep looks at a cluster that nobody took up by then. */
const SAFETY_WAKE_MS = 60_000

export interface TransitionDeps {
  newId: NewId
  operationTimeoutSeconds: number
}
interface Transition {
  cluster: ClusterRecord
  operation: OperationRecord
  writes: Write[]
}

const due = (id: string, now: number) => ({ due_pk: dueShard(id), due_at: isoTime(now + SAFETY_WAKE_MS) })

function newOperation(
  deps: TransitionDeps,
  type: OperationRecord['type'],
  tenant: string,
  clusterId: string,
  now: number,
): OperationRecord {
  return {
    tenant_id: tenant,
    id: deps.newId('operation'),
    type,
    cluster_id: clusterId,
    state: 'running',
    steps: {},
    deadline_at: isoTime(now + deps.operationTimeoutSeconds * 1000),
    created_at: isoTime(now),
  }
}

const putNew = (key: string, item: object): Write => ({ kind: 'put', sk: key, item, when: { condition: 'attribute_not_exists(sk)' } })

/** A new cluster, wanted and not yet looked at. */
export function creation(
  deps: TransitionDeps,
  tenant: TenantId,
  request: Pick<ClusterCreate, 'name' | 'labels' | 'deletion_protection'>,
  wanted: Pick<ClusterRecord, 'spec' | 'network'>,
  now: number,
): Transition {
  const id = deps.newId('cluster')
  const at = isoTime(now)
  const operation = newOperation(deps, 'create', tenant, id, now)
  const cluster: ClusterRecord = {
    tenant_id: tenant,
    id,
    name: request.name ?? id,
    labels: request.labels ?? {},
    deletion_protection: request.deletion_protection ?? false,
    ...wanted,
    intent: 'present',
    state: 'creating',
    conditions: [],
    generation: 1,
    observed_generation: 0,
    version: 1,
    wake: 1,
    fence: 0,
    ...due(id, now),
    operation_id: operation.id,
    resources: {},
    failures: {},
    created_at: at,
    updated_at: at,
  }
  const event = clusterEvent(deps.newId, 'cluster.creating', cluster, at)
  return { cluster, operation, writes: [putNew(sk.cluster(id), cluster), putNew(sk.operation(operation.id), operation), event] }
}

function wantNoMore(before: ClusterRecord, after: ClusterRecord, expects: Expects | undefined): Write {
  const { condition, names, values } = unchangedSince(before, expects)
  return {
    kind: 'update',
    sk: sk.cluster(before.id),
    update: `SET intent = :intent, #state = :state, generation = :generation, #version = :version, wake = :wake, operation_id = :operation,
      due_pk = :due_pk, due_at = :due_at, failures = :none, updated_at = :at REMOVE failure`,
    condition: `${condition} AND generation = :seen_generation AND wake = :seen_wake`,
    names: { ...names, '#state': 'state' },
    values: {
      ...values,
      ':intent': after.intent,
      ':state': after.state,
      ':generation': after.generation,
      ':version': after.version,
      ':wake': after.wake,
      ':operation': after.operation_id,
      ':due_pk': after.due_pk,
      ':due_at': after.due_at,
      ':none': {},
      ':at': after.updated_at,
      ':seen_generation': before.generation,
      ':seen_wake': before.wake,
    },
  }
}

/** Why work on a cluster ends before it is done. */
type Why = OperationRecord['error'] & object

const SUPERSEDED: Why = { code: 'superseded', message: 'Superseded by delete' }

const canceled = (operation: OperationRecord, by: OperationRecord, error: Why): OperationRecord => {
  const { waiting_for: _waiting, ...rest } = operation
  return { ...rest, state: 'canceled', error, superseded_by: by.id, finished_at: by.created_at }
}

const cancel = (id: string, by: OperationRecord, error: Why): Write => ({
  kind: 'update',
  sk: sk.operation(id),
  ...ending({ state: 'canceled', at: by.created_at, error, supersededBy: by.id }),
})

interface Deletion extends Transition {
  /** What was under way, as it ended. */
  canceled?: OperationRecord
}

/** Nothing of the cluster is wanted any more, whatever was being done to it: that work is canceled. */
export function deletion(
  deps: TransitionDeps,
  before: ClusterRecord,
  underWay: OperationRecord | undefined,
  now: number,
  { expects, why = SUPERSEDED }: { expects?: Expects | undefined; why?: Why } = {},
): Deletion {
  const at = isoTime(now)
  const operation = newOperation(deps, 'delete', before.tenant_id, before.id, now)
  const { failure: _failure, ...rest } = before
  const cluster: ClusterRecord = {
    ...rest,
    intent: 'absent',
    state: 'deleting',
    generation: before.generation + 1,
    version: before.version + 1,
    wake: before.wake + 1,
    ...due(before.id, now),
    operation_id: operation.id,
    failures: {},
    updated_at: at,
  }
  const ended = underWay?.state === 'running' ? canceled(underWay, operation, why) : undefined
  const writes = [
    wantNoMore(before, cluster, expects),
    putNew(sk.operation(operation.id), operation),
    clusterEvent(deps.newId, 'cluster.deleting', cluster, at),
    ...(ended ? [cancel(ended.id, operation, why)] : []),
  ]
  return { cluster, operation, writes, ...(ended ? { canceled: ended } : {}) }
}
