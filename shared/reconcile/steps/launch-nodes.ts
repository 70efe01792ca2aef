import type { RunTaskCommandInput } from '@aws-sdk/client-ecs'
import * as z from 'zod'
import type { NodeRecord } from '../../clusters/node-record.ts'
import { readNodes } from '../../clusters/nodes.ts'
import { containerOf, ringOf } from '../../clusters/ring-of.ts'
import { isoTime } from '../../platform/clock.ts'
import { measured } from '../../platform/metrics.ts'
import { sharedPorts } from '../../platform/shared-ports.ts'
import { sideBySide } from '../../platform/side-by-side.ts'
import { sk } from '../../platform/table.ts'
import { NOT_PLACED } from '../back-off.ts'
import { type Fate, FORGOTTEN_MS, fateOf } from '../fate.ts'
import { type Place, placeMembers } from '../placement.ts'
import { assertCurrent, type StepContext, type StepRun } from './context.ts'
import { runRequest } from './run-request.ts'

const Request = z.custom<RunTaskCommandInput>((value) => typeof value === 'object' && value !== null)

/** ECS would not take the task now; the planner tries again. */
export class NotPlaced extends Error {
  constructor(message: string) {
    super(message)
    this.name = NOT_PLACED
  }
}

/** What became of the latest attempt of each of these members, by ordinal. */
async function fates({ deps }: StepContext, records: NodeRecord[]): Promise<Map<number, Fate>> {
  const tasks = await deps.containers.describe(records.flatMap((record) => record.task_arn ?? []))
  const byArn = new Map(tasks.map((task) => [task.arn, task]))
  const now = deps.clock.now()
  return new Map(records.map((record) => [record.ordinal, fateOf(record, byArn.get(record.task_arn ?? ''), now)]))
}

type Attempt = Pick<NodeRecord, 'id' | 'ordinal' | 'shard' | 'role' | 'attempt'>

/** Writes down who is launched and with which exact request, before anything is asked of ECS. */
async function prepare(context: StepContext, attempt: Attempt, place: Place, before: NodeRecord | undefined): Promise<NodeRecord> {
  const { deps, table, cluster } = context
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
  const unchanged = before
    ? { condition: 'attempt = :before', values: { ':before': before.attempt } }
    : { condition: 'attribute_not_exists(pk)' }
  await table.put(sk.node(cluster.id, attempt.ordinal), record, unchanged)
  return record
}

/** A task of this member's is dead, and another is asked for. */
function tellReplaced({ deps, cluster }: StepContext, { ordinal, az, attempt }: NodeRecord): void {
  const told = { tenant: cluster.tenant_id, cluster: cluster.id, ordinal, az, attempt }
  deps.log.info('a node is replaced', { ...told, ...measured(deps.clock.now(), { NodesReplaced: 1 }) })
}

/** The same token gives the same task, so a call whose answer was lost is simply made again. */
async function run(context: StepContext, record: NodeRecord): Promise<string | undefined> {
  const answer = await context.deps.containers.run(Request.parse(JSON.parse(record.request)))
  if (!answer.placed) return `node ${record.ordinal}: ${answer.reason}`
  await context.table.update(sk.node(record.cluster_id, record.ordinal), {
    update: 'SET task_arn = :arn, updated_at = :now',
    condition: 'attempt = :attempt',
    values: { ':arn': answer.task.arn, ':now': isoTime(context.deps.clock.now()), ':attempt': record.attempt },
  })
  return undefined
}

const REFUSALS = 5
/**
 * ECS takes the attempt's request no more, be it that the cell has changed since: another is made. A task that it had
 * taken before would be in its lists by now, and would be stopped.
 */
const isRefused = ({ deps, cluster }: StepContext, record: NodeRecord): boolean =>
  (cluster.failures.LaunchNodes?.count ?? 0) >= REFUSALS && deps.clock.now() - Date.parse(record.updated_at) > FORGOTTEN_MS

/** The records of those of the step's members that lack a task: what is to be run now. */
async function prepareAll(context: StepContext): Promise<NodeRecord[]> {
  const { deps, table, cluster, ordinals } = context
  const { members } = ringOf(cluster.spec)
  const places = placeMembers(cluster.id, members, cluster.spec.azs)
  const records = new Map((await readNodes(table, cluster.id)).map((record) => [record.ordinal, record]))
  const wanted = members.filter((member) => ordinals.includes(member.ordinal))
  const fate = await fates(
    context,
    wanted.flatMap(({ ordinal }) => records.get(ordinal) ?? []),
  )
  // Before anything is written: a record of which nobody knows whether its task was started holds up a delete.
  await assertCurrent(context)
  const prepared = await sideBySide(wanted, async (member) => {
    const before = records.get(member.ordinal)
    const place = places.get(member.ordinal)
    if (!place) throw new Error(`member ${member.ordinal} has no place`)
    if (!before) return prepare(context, { ...member, id: deps.newId('node'), attempt: 1 }, place, undefined)
    const its = fate.get(member.ordinal)
    if (its === 'none' && !isRefused(context, before)) return before
    if (its === 'unseen' || its === 'alive') return undefined
    const again = await prepare(context, { ...member, id: before.id, attempt: before.attempt + 1 }, place, before)
    if (its === 'dead') tellReplaced(context, again)
    return again
  })
  return prepared.filter((record) => record !== undefined)
}

/** Starts all members that lack a task, side by side: nodes know their credentials from the start and wait for each other. */
export const launchNodes: StepRun = async (context) => {
  const launches = await prepareAll(context)
  const refused = (await sideBySide(launches, (record) => run(context, record))).filter((reason) => reason !== undefined)
  if (refused.length > 0) throw new NotPlaced(refused.join('; '))
  return `${launches.length} nodes`
}
