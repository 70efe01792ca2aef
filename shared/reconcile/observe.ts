import { startedBy } from '../clusters/naming.ts'
import type { NodeRecord } from '../clusters/node-record.ts'
import { readNodes } from '../clusters/nodes.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import { ringOf } from '../clusters/ring-of.ts'
import { parseCredentials } from '../engines/credentials.ts'
import type { NodeView, Target } from '../engines/engine.ts'
import { ProbeAnswer, type RingRequest } from '../engines/ring-request.ts'
import { OperationRecord } from '../operations/record.ts'
import type { Task } from '../platform/containers.ts'
import { readSecret } from '../platform/secrets.ts'
import { sk } from '../platform/table.ts'
import type { TenantTable } from '../platform/tenant-table.ts'
import type { ObserveDeps } from './deps.ts'
import { seeLeaving } from './leave-hosts.ts'
import type { Observed, ObservedNode } from './observed.ts'

/** A node that does not answer in this time is unreachable for this look. */
const PROBE_TIMEOUT_MS = 1500

async function readOperation(table: TenantTable, cluster: ClusterRecord): Promise<OperationRecord | undefined> {
  if (!cluster.operation_id) return undefined
  const item = await table.get(sk.operation(cluster.operation_id))
  return item === undefined ? undefined : OperationRecord.parse(item)
}

/** Tasks by what the records say and by who started them: the second finds what a crash kept from the first. */
async function readTasks(
  deps: Pick<ObserveDeps, 'containers'>,
  cluster: ClusterRecord,
  records: NodeRecord[],
  thorough: boolean,
): Promise<Task[]> {
  const untouched = records.length === 0 && cluster.intent === 'present' && cluster.failure === undefined
  if (untouched) return []
  const listed = thorough ? await deps.containers.listStartedBy(startedBy(cluster.tenant_id, cluster.id)) : []
  const known = records.flatMap((record) => record.task_arn ?? [])
  return deps.containers.describe([...new Set([...listed, ...known])])
}

/** A member that runs, as functions/ring is told of it; undefined while it has no address. */
export function targetOf({ member, record, task }: ObservedNode): Target | undefined {
  if (!record || typeof task !== 'object' || task.phase !== 'running' || task.address === undefined) return undefined
  const { ordinal, shard, role } = member
  const { ports, engine_node_id: known } = record
  return { ordinal, shard, role, address: task.address, ports, ...(known ? { engine_node_id: known } : {}) }
}

/**
 * The views of all members, asked only when each of them runs: before that there is nothing the ring could be told. When
 * nobody can ask, that is what every view says: it must be waited for under the operation's deadline like all else.
 */
export async function probe(
  deps: Pick<ObserveDeps, 'secrets' | 'ring' | 'log'>,
  cluster: ClusterRecord,
  parameter: string,
  targets: Target[],
): Promise<NodeView[]> {
  try {
    const credentials = parseCredentials(await readSecret(deps.secrets, parameter))
    const request: RingRequest = { action: 'probe', engine: cluster.spec.engine, targets, credentials, timeout_ms: PROBE_TIMEOUT_MS }
    return ProbeAnswer.parse(await deps.ring(request)).views
  } catch (error) {
    deps.log.error('no node could be asked', error, { cluster: cluster.id })
    const reason = Error.isError(error) ? error.message : String(error)
    return targets.map(({ ordinal }) => ({ ordinal, reachable: false, reason }))
  }
}

/**
 * The members with their tasks, and the tasks that no member claims.
 * @param thorough looks for such tasks too; all rings of an account share twenty such questions a second
 */
export async function seeNodes(
  deps: Pick<ObserveDeps, 'containers'>,
  table: TenantTable,
  cluster: ClusterRecord,
  thorough: boolean,
): Promise<Pick<Observed, 'nodes' | 'strays'>> {
  const records = await readNodes(table, cluster.id)
  const tasks = await readTasks(deps, cluster, records, thorough)
  const byOrdinal = new Map(records.map((record) => [record.ordinal, record]))
  const byArn = new Map(tasks.map((task) => [task.arn, task]))
  const nodes = ringOf(cluster.spec).members.map((member): ObservedNode => {
    const record = byOrdinal.get(member.ordinal)
    if (!record) return { member, task: 'none' }
    return { member, record, task: record.task_arn ? (byArn.get(record.task_arn) ?? 'unknown') : 'none' }
  })
  const claimed = new Set(records.flatMap((record) => record.task_arn ?? []))
  return { nodes, strays: tasks.filter((task) => task.phase !== 'stopped' && !claimed.has(task.arn)) }
}

/** Tasks that run and that no member claims; usually there are none, and nobody is asked for more than the list. */
async function straysBeside(deps: Pick<ObserveDeps, 'containers'>, cluster: ClusterRecord, nodes: ObservedNode[]): Promise<Task[]> {
  const claimed = new Set(nodes.flatMap(({ record }) => record?.task_arn ?? []))
  const listed = await deps.containers.listStartedBy(startedBy(cluster.tenant_id, cluster.id))
  const tasks = await deps.containers.describe(listed.filter((arn) => !claimed.has(arn)))
  return tasks.filter((task) => task.phase !== 'stopped')
}

/**
 * Reads everything once. Changes nothing.
 * @param turn of the execution, from 0: what nobody claims is looked for at the first, and before a ring is called ready
 */
export async function observe(deps: ObserveDeps, table: TenantTable, cluster: ClusterRecord, turn: number): Promise<Observed> {
  const ring = ringOf(cluster.spec)
  const goingAway = cluster.intent === 'absent' || cluster.failure !== undefined
  const thorough = turn === 0 || goingAway
  const [seen, operation] = await Promise.all([seeNodes(deps, table, cluster, thorough), readOperation(table, cluster)])
  const base = { cluster, ...(operation ? { operation } : {}), ...seen }
  const targets = seen.nodes.flatMap((node) => targetOf(node) ?? [])
  const parameter = cluster.resources.credentials_parameter
  if (goingAway || targets.length < ring.members.length || parameter === undefined) return { ...base, views: [] }
  const views = await probe(deps, cluster, parameter, targets)
  const next = ring.next(views, cluster.ready_at !== undefined)
  // A create first ends as one, and then its nodes move.
  const mayMove = next.formed && cluster.ready_at !== undefined && operation?.state !== 'running'
  const [strays, leave] = await Promise.all([
    next.formed && !thorough ? straysBeside(deps, cluster, seen.nodes) : seen.strays,
    mayMove ? seeLeaving(deps, cluster, seen.nodes, views) : undefined,
  ])
  return { ...base, strays, views, ring: next, ...(leave ? { leave } : {}) }
}
