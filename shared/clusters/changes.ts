import type { Cluster, ClusterCreate, ClusterPatch } from '../contract/cluster.ts'
import { AppError } from '../contract/errors.ts'
import type { Act } from '../idempotency/act.ts'
import { type Committed, commit } from '../idempotency/commit.ts'
import { tellEnded } from '../operations/ended.ts'
import type { OperationRecord } from '../operations/record.ts'
import { operationStore } from '../operations/store.ts'
import type { TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { type Accepted, acceptedView } from './accepted.ts'
import { admit } from './admission.ts'
import type { ClusterDeps } from './deps.ts'
import { existing } from './existing.ts'
import { patched } from './patch.ts'
import { assertExpected, type Expects } from './precondition.ts'
import { reserveQuota } from './quota.ts'
import type { ClusterRecord } from './record.ts'
import { clusterStore } from './store.ts'
import { creation, deletion } from './transitions.ts'
import { clusterView, isProtected } from './view.ts'

/** How a change was asked for. */
export interface Asked<T> {
  /** Without one, nobody asked but we ourselves. */
  act?: Act<T> | undefined
  /** What the caller has seen of the cluster: it must still be so. */
  expects?: Expects | undefined
}

/** What a delete needs: less than other changes. */
export type RemovalDeps = Pick<
  ClusterDeps,
  'tableName' | 'documentsFor' | 'clock' | 'log' | 'newId' | 'operationTimeoutSeconds' | 'startWork'
>

export interface Removal {
  cluster: ClusterRecord
  /** What was under way, as it ended. */
  canceled?: OperationRecord
}

async function hint(deps: RemovalDeps, cluster: ClusterRecord): Promise<void> {
  try {
    await deps.startWork(cluster)
  } catch (error) {
    deps.log.error('start hint failed; the stream starts the work', error, { cluster: cluster.id })
  }
}

/** After a delete was accepted: what it canceled is told, and the work begins. */
export async function beginRemoval(deps: RemovalDeps, { cluster, canceled }: Removal): Promise<void> {
  if (canceled) tellEnded(deps.log, canceled)
  await hint(deps, cluster)
}

export async function create(
  deps: ClusterDeps,
  tenant: TenantId,
  request: ClusterCreate,
  act?: Act<Accepted>,
): Promise<Committed<Accepted>> {
  const wanted = admit(deps.hostClasses, request)
  let started: ClusterRecord | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const quota = reserveQuota(await clusterStore(deps).quota(tenant), wanted.spec)
    const { cluster, operation, writes } = creation(deps, tenant, request, wanted, deps.clock.now())
    started = cluster
    return { result: acceptedView(cluster, operation), writes: [...writes, quota] }
  })
  if ('result' in committed && started) await hint(deps, started)
  return committed
}

function assertUpdatable({ id, intent, operation_id }: ClusterRecord): void {
  if (intent === 'present') return
  throw new AppError('cluster_deleting', `Cluster ${id} is being deleted by operation ${operation_id}: nothing of it can be changed`, {
    members: { operation_id },
  })
}

export function update(
  deps: ClusterDeps,
  tenant: TenantId,
  id: string,
  patch: ClusterPatch,
  { act, expects }: Asked<Cluster>,
): Promise<Committed<Cluster>> {
  return commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    const before = await existing(deps, tenant, id)
    assertUpdatable(before)
    assertExpected(expects, before)
    const { cluster, writes } = patched(deps.newId, before, patch, deps.clock.now(), expects)
    return { result: clusterView(cluster), writes }
  })
}

function assertUnprotected(cluster: ClusterRecord): void {
  if (!isProtected(cluster)) return
  const detail = `Cluster ${cluster.id} is protected from deletion: PATCH /v1/clusters/${cluster.id} with {"deletion_protection": false} takes the protection off`
  throw new AppError('deletion_protected', detail)
}

const latestOperation = async (deps: TableDeps, tenant: TenantId, { operation_id }: ClusterRecord): Promise<OperationRecord | undefined> =>
  operation_id === undefined ? undefined : operationStore(deps).get(tenant, operation_id)

/** A delete under way is answered as it is; one that gave up is begun again. */
export async function remove(
  deps: RemovalDeps,
  tenant: TenantId,
  id: string,
  { act, expects, evenProtected = false }: Asked<Accepted> & { evenProtected?: boolean },
): Promise<Committed<Accepted>> {
  let started: Removal | undefined
  const committed = await commit({ clock: deps.clock, table: tableFor(deps, tenant) }, act, async () => {
    started = undefined
    const before = await existing(deps, tenant, id)
    if (!evenProtected) assertUnprotected(before)
    assertExpected(expects, before)
    const underWay = await latestOperation(deps, tenant, before)
    if (before.intent === 'absent' && underWay?.state === 'running') return { result: acceptedView(before, underWay), writes: [] }
    const { cluster, operation, writes, canceled } = deletion(deps, before, underWay, deps.clock.now(), { expects })
    started = { cluster, ...(canceled ? { canceled } : {}) }
    return { result: acceptedView(cluster, operation), writes }
  })
  if ('result' in committed && started) await beginRemoval(deps, started)
  return committed
}
